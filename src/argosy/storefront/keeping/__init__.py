"""Pages and parts of pages that are kept, so that they need not be rendered for every reader."""
