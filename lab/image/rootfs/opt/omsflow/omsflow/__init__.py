"""The parts of a stand-in for OMS: its own programs and start-up commands, small."""
