curl PORTOLAN_URL/v1/models/iflow -H "Authorization: Bearer PORTOLAN_KEY"
