"""The centre's ten rules of conduct (须知): their versions, and who accepted which of them when."""
