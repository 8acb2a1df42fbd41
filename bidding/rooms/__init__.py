"""The centre's rooms, and who has booked which of them for when."""
