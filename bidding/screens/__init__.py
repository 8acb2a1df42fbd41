"""The hall's screen and the touch kiosk: what the centre shows to whoever walks in."""
