"""The rules of the house, each a test that names the file and the mend."""
