//! The simulated sign-in: no PKCE, `redirect`, the client's secret twice, failures with status 200.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use url::Url;

use super::{IFLOW_CLIENT, IFLOW_CLIENT_SECRET, IflowTrouble, State};
use crate::recorded::Recorded;
use crate::script::Script;

impl State {
    /// The page in the browser, where the person agrees at once.
    pub(super) fn authorize(&mut self, request: &Recorded) -> Script {
        let asked = query(request);
        let text = |name: &str| asked.get(name).map(String::as_str).unwrap_or_default();
        let fits = text("loginMethod") == "phone"
            && text("type") == "phone"
            && text("client_id") == IFLOW_CLIENT
            && !text("state").is_empty();
        let Some(mut back) = Url::parse(text("redirect")).ok().filter(|_| fits) else {
            return Script::status(400);
        };
        self.issued += 1;
        let code = format!("code-{}", self.issued);
        self.codes.insert(code.clone(), text("redirect").to_owned());
        back.query_pairs_mut()
            .append_pair("code", &code)
            .append_pair("state", text("state"));
        Script::status(302).header("location", back.as_str())
    }

    pub(super) fn token(&mut self, request: &Recorded) -> Script {
        if self.is_busy() {
            let body = json!({"success": false, "message": "too many requests", "code": "500"});
            return Script::json(200, &body);
        }
        let form: HashMap<String, String> = url::form_urlencoded::parse(&request.body)
            .into_owned()
            .collect();
        let text = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        let basic = STANDARD.encode(format!("{IFLOW_CLIENT}:{IFLOW_CLIENT_SECRET}"));
        let is_known = request.header("authorization") == Some(&format!("Basic {basic}"))
            && text("client_id") == IFLOW_CLIENT
            && text("client_secret") == IFLOW_CLIENT_SECRET;
        if !is_known {
            return Script::json(401, &json!({"error": "invalid_client"}));
        }
        let refused = || Script::json(400, &json!({"error": "invalid_grant"}));
        match text("grant_type") {
            "authorization_code" => match self.codes.remove(text("code")) {
                Some(redirect) if redirect == text("redirect_uri") => self.granted(true),
                Some(_) | None => refused(),
            },
            "refresh_token" => {
                let keeps = self.has(&IflowTrouble::KeepsRefresh);
                match self.refreshes.get(text("refresh_token")).copied() {
                    Some(true) => {
                        self.redeemed += 1;
                        if !keeps {
                            let spent = text("refresh_token").to_owned();
                            self.refreshes.insert(spent, false);
                        }
                        self.granted(!keeps)
                    }
                    Some(false) => {
                        self.reused += 1;
                        refused()
                    }
                    None => refused(),
                }
            }
            _ => Script::json(400, &json!({"error": "unsupported_grant_type"})),
        }
    }

    pub(super) fn user(&mut self, request: &Recorded) -> Script {
        let down = self.troubles.iter_mut().find_map(|trouble| match trouble {
            IflowTrouble::NoUser(left) if *left > 0 => Some(left),
            _ => None,
        });
        if let Some(left) = down {
            *left -= 1;
            return Script::status(503);
        }
        let asked = query(request);
        if !asked
            .get("accessToken")
            .is_some_and(|token| self.accesses.contains(token))
        {
            return Script::json(401, &json!({"success": false, "message": "unauthorized"}));
        }
        let key = self.key();
        let data = json!({"apiKey": key, "userId": "u-1", "userName": "Ada", "avatar": "",
            "email": "ada@example.com", "phone": "138****0000"});
        Script::json(200, &json!({"success": true, "data": data}))
    }

    /// A new access token and a new refresh token.
    pub(super) fn issue(&mut self) -> (String, String) {
        self.issued += 1;
        let access = format!("access-canary-{}", self.issued);
        let refresh = format!("refresh-canary-{}", self.issued);
        self.accesses.insert(access.clone());
        self.refreshes.insert(refresh.clone(), true);
        (access, refresh)
    }

    fn granted(&mut self, with_refresh: bool) -> Script {
        let (access, refresh) = self.issue();
        let mut answer = json!({"access_token": access, "expires_in": self.lifetime,
            "token_type": "bearer", "scope": "read"});
        if with_refresh {
            answer["refresh_token"] = json!(refresh);
        }
        Script::json(200, &answer)
    }

    fn is_busy(&mut self) -> bool {
        let left = self.troubles.iter_mut().find_map(|trouble| match trouble {
            IflowTrouble::Busy(left) if *left > 0 => Some(left),
            _ => None,
        });
        left.map(|left| *left -= 1).is_some()
    }
}

fn query(request: &Recorded) -> HashMap<String, String> {
    Url::parse(&format!("http://fake{}", request.target))
        .map(|url| url.query_pairs().into_owned().collect())
        .unwrap_or_default()
}
