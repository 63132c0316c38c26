curl PORTOLAN_URL/health
