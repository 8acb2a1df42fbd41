"""Whether bids could be handed in: heartbeats, holds, and the extension that makes an outage good (protocol §5)."""
