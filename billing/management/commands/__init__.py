"""What can be done with billing from the command line, one file a deed."""
