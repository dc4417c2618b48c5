"""Meta's Cloud API on this machine, for tests: a real HTTP server around a pure model.

`with cloud_server() as server:` gives a provider whose clock, customers, templates and moods one
controls. Point a channel's ``base_url`` at `server.url`, and have it tell the hub's address for
webhooks with `server.subscribe`.
"""

from workspace.testing.cloud.model import Cloud
from workspace.testing.cloud.records import Account, Customer
from workspace.testing.cloud.server import CloudServer, NotSubscribed, cloud_server
from workspace.testing.cloud.storm import storm

__all__ = ["Account", "Cloud", "CloudServer", "Customer", "NotSubscribed", "cloud_server", "storm"]
