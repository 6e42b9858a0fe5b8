#!/bin/sh
# SSH and the web, and nothing else. Run as root: ops/ufw.sh
# Ports that Docker publishes pass UFW by: compose.yml publishes those of nginx only.
set -eu
ufw default deny incoming
ufw default allow outgoing
ufw allow 22/tcp comment 'SSH'
ufw allow 80/tcp comment 'HTTP'
ufw allow 443/tcp comment 'HTTPS'
ufw --force enable
ufw status verbose
