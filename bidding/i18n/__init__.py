"""Languages: Chinese is the source, English a catalogue per domain."""
