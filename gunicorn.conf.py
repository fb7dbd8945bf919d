"""gunicorn -c gunicorn.conf.py app:server — a shared installation on Linux. The store comes from CSP_STORE.

One worker with threads: DuckDB works outside Python's lock, and what has been worked out is shared by everyone.
"""

import os

bind = f"{os.environ.get('CSP_HOST') or '127.0.0.1'}:{os.environ.get('CSP_PORT') or '8050'}"
worker_class = "gthread"
workers = 1
threads = int(os.environ.get("CSP_THREADS") or 8)
timeout = 120
graceful_timeout = 20
keepalive = 15
accesslog = None
errorlog = "-"
control_socket_disable = True
