"""The endpoints, by topic. They translate between HTTP and services and decide nothing."""
