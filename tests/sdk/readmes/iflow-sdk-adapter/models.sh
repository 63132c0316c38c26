curl PORTOLAN_URL/v1/models -H "Authorization: Bearer PORTOLAN_KEY"
