"""Views: one file per analysis sheet, each a pure function from a Result to a View; ``sheets`` lists them."""
