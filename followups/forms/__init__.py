"""Forms of today, promises and the composer."""
