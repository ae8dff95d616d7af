"""Pictures of the pages for the documentation, taken of the demo by a command."""
