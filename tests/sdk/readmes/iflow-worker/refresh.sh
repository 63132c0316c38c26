curl -X POST PORTOLAN_URL/v1/models/refresh \
  -H "Authorization: Bearer PORTOLAN_KEY"
