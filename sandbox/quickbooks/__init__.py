"""QuickBooks Online over HTTP on this machine, following Intuit's documented behaviour."""


def main(argv: list[str]) -> int:
    """Run `sandbox quickbooks`; returns the exit code."""
    from sandbox.quickbooks.server import main as serve

    return serve(argv)
