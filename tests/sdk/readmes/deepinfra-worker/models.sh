curl -X GET PORTOLAN_URL/v1/models \
  -H "Authorization: Bearer PORTOLAN_KEY" \
  -H "Content-Type: application/json"
