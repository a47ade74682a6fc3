"""The entry point of KServe's storage initializer: pairs of source and destination.

KServe's webhook gives it `oci://`, and sends `oci+fetch://` there only from 0.21 on. Before, a ClusterStorageContainer
brings it services by a scheme of its own, which becomes `oci://` here.
"""

import sys
from pathlib import Path

from kserve_storage import Storage

sources, destinations = sys.argv[1::2], sys.argv[2::2]
for destination in destinations:
    Path(destination).mkdir(parents=True, exist_ok=True)
Storage.download_files([f"oci://{source.partition('://')[2]}" for source in sources], destinations)
