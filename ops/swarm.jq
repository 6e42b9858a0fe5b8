# docker compose ... config --format json | jq -f ops/swarm.jq | docker stack deploy -c - ainotebook
# Swarm reads an older form of these files: without names, conditions and a few words that only compose knows.
del(.name)
| .services |= map_values(
    del(.build, .depends_on, .profiles, .restart)
    | if .ports then .ports |= map(.published |= tonumber) else . end
    | if .volumes then .volumes |= map(if type == "object" then del(.bind) else . end) else . end
  )
