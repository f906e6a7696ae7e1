"""From root crops to labels: the network, its runtime, the joint rule, the share, the scorer."""

import os

# ONNX Runtime sends usage data to its makers unless this is set before it is imported.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
