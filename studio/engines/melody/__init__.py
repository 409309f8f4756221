"""The built-in pitch tracker."""
