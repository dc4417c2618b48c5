"""Meta's Cloud API on this machine, for tests: a real HTTP server around a pure model.

`with cloud_server() as server:` gives a provider whose clock, customers, templates and moods one
controls. Point a channel's ``base_url`` at `server.url`, and `server.webhooks` at the hub's.
"""

from workspace.testing.cloud.model import Account, Cloud, Customer
from workspace.testing.cloud.server import CloudServer, cloud_server
from workspace.testing.cloud.storm import storm

__all__ = ["Account", "Cloud", "CloudServer", "Customer", "cloud_server", "storm"]
