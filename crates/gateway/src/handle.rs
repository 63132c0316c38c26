//! One request, from the socket to its answer: guard, path, plan, attempts, relay.

use std::sync::{Arc, OnceLock};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::body::Body;
use bytes::Bytes;
use dialect::peek::{self, Peek};
use dialect::{Dialect, Fault, FaultKind, Operation, Origin as At};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, header, request};
use intake::form::{self, Form};
use intake::worker::Surface;
use limits::{Held, Now};

use crate::call::{Call, Parts};
use crate::guard::{
    Admitted, HostVerdict, Origin, OriginVerdict, admit, body, check_host, preflight,
};
use crate::ingress::{self, Asked, Found};
use crate::key::ClientKey;
use crate::plane::Plane;
use crate::record::{Beginning, Record};
use crate::serve::Peer;
use crate::snapshot::Snapshot;
use crate::{annex, answer, brought, door, headers, listing, reply};

/// Answers one request. Never fails: a fault is an answer too.
pub(crate) async fn handle<B>(plane: Arc<Plane>, peer: Peer, request: Request<B>) -> Response<Body>
where
    B: http_body::Body<Data = Bytes> + Unpin,
    B::Error: std::fmt::Display,
{
    let (head, body) = request.into_parts();
    let snapshot = plane.snapshot();
    let id = plane.next_id();
    let dialect = ingress::dialect_of(head.uri.path(), &head.headers);
    let origin = Origin::of(&head.headers);
    let verdict = origin.judge(&snapshot.allowed_origins, snapshot.require_key);
    let is_head = head.method == Method::HEAD;
    let words = ingress::words(&head.method, head.uri.path());
    let visit = Visit {
        plane: &plane,
        snapshot,
        peer: &peer,
        id: &id,
        dialect,
        origin: &origin,
        key: OnceLock::new(),
    };
    // What lies behind the door has its own rules of who may come in.
    let door = plane.door(&peer, head.uri.path());
    let answered = match door {
        Some(door) => match visit.check_target(&head.uri, &head.headers) {
            // On the heap, as all that few requests need: every request would carry its room.
            Ok(()) => Box::pin(door.enter(&peer, head, body)).await,
            Err(fault) => Err(fault),
        },
        None => visit.answer(head, body, verdict).await,
    };
    let mut response = match answered {
        Ok(response) => response,
        Err(fault) => {
            tracing::info!(
                id = &*id,
                dialect = dialect.as_str(),
                kind = fault.kind.code(),
                status = fault.status_for(dialect),
                "a request was refused"
            );
            reply::fault(&fault, dialect, &id)
        }
    };
    if door.is_none() {
        reply::in_words(words, &mut response);
    }
    let fields = response.headers_mut();
    if let Some(key) = visit.key.get() {
        plane
            .rates
            .tell(&key.name, key.limits, dialect, fields, Now::read);
    }
    if door.is_none() && verdict != OriginVerdict::Refused {
        origin.allow(fields);
    }
    headers::protect(fields);
    if let Ok(id) = HeaderValue::from_str(&id) {
        if dialect == Dialect::AnthropicMessages {
            fields.insert(headers::REQUEST_ID, id.clone());
        }
        fields.insert(headers::X_REQUEST_ID, id);
    }
    if is_head {
        *response.body_mut() = Body::empty();
    }
    response
}

/// One client's visit, with what was found out about it before anything was read.
struct Visit<'a> {
    plane: &'a Arc<Plane>,
    snapshot: Arc<Snapshot>,
    peer: &'a Peer,
    id: &'a Arc<str>,
    dialect: Dialect,
    origin: &'a Origin,
    /// Whose limits hold, once that is known.
    key: OnceLock<Arc<ClientKey>>,
}

/// A request that was let in.
struct LetIn {
    now: Now,
    admitted: Admitted,
    /// Its place among those of its key.
    held: Option<Held>,
}

impl Visit<'_> {
    async fn answer<B>(
        &self,
        mut head: request::Parts,
        incoming: B,
        verdict: OriginVerdict,
    ) -> Result<Response<Body>, Fault>
    where
        B: http_body::Body<Data = Bytes> + Unpin,
        B::Error: std::fmt::Display,
    {
        self.check_target(&head.uri, &head.headers)?;
        if self.plane.is_resting() && !self.peer.is_own {
            return Err(self.plane.at_rest());
        }
        if let Some((status, fields)) = preflight(&head.method, &head.headers, self.origin, verdict)
        {
            if status == StatusCode::FORBIDDEN {
                self.note_refused(&head.headers);
            }
            let mut response = Response::new(Body::empty());
            *response.status_mut() = status;
            *response.headers_mut() = fields;
            return Ok(response);
        }
        if verdict == OriginVerdict::Refused {
            self.note_refused(&head.headers);
            return Err(Fault::new(
                At::Client,
                FaultKind::Permission,
                "this web page may not use Portolan; allow its origin in the settings \
                 (allowed_origins) if you trust it",
            )
            .with_code("origin_not_allowed"));
        }
        let found = ingress::find(&head.method, head.uri.path());
        if let Found::Yes(asked) = &found
            && asked.is_open()
        {
            return match asked {
                Asked::Document => Box::pin(self.annex(None, head, Bytes::new())).await,
                _ => Ok(self.open(asked)),
            };
        }
        let is_model = matches!(found, Found::Yes(Asked::Model(..) | Asked::Worker(..)));
        let let_in = self.admit(&head, is_model)?;
        match found {
            Found::Yes(Asked::Model(dialect, operation)) => {
                let fields = std::mem::take(&mut head.headers);
                drop(head);
                let what = (dialect, What::Operation(operation));
                // On the heap: every connection would carry its room, and every step would move it.
                Box::pin(self.model(let_in, what, fields, incoming)).await
            }
            Found::Yes(Asked::Worker(surface)) => {
                let fields = std::mem::take(&mut head.headers);
                drop(head);
                let what = (Dialect::OpenAiChat, What::Worker(surface));
                Box::pin(self.model(let_in, what, fields, incoming)).await
            }
            Found::Yes(Asked::Graphql) => {
                Box::pin(self.graphql(&let_in.admitted, head, incoming)).await
            }
            Found::Yes(asked) => Box::pin(self.listing(&asked, &let_in.admitted, &head)).await,
            Found::OtherMethod(allowed) => {
                let message = format!("{} takes {allowed}", head.uri.path());
                let mut response = self.fault(&Fault::new(
                    At::Client,
                    FaultKind::MethodNotAllowed,
                    message,
                ));
                response
                    .headers_mut()
                    .insert(header::ALLOW, HeaderValue::from_static(allowed));
                Ok(response)
            }
            Found::No => {
                let message = format!("there is nothing at {}", head.uri.path());
                Err(Fault::new(At::Client, FaultKind::NotFound, message).with_code("no_such_path"))
            }
        }
    }

    async fn graphql<B>(
        &self,
        admitted: &Admitted,
        head: request::Parts,
        incoming: B,
    ) -> Result<Response<Body>, Fault>
    where
        B: http_body::Body<Data = Bytes> + Unpin,
        B::Error: std::fmt::Display,
    {
        body::check_type(&head.headers, false)?;
        let patience = self.snapshot.timeouts.body;
        let limit = self.snapshot.limits.request_body.min(annex::LONGEST);
        let body = body::read(&head.headers, incoming, limit, patience).await?;
        self.annex(Some(admitted), head, body).await
    }

    /// Has somebody else answer what was let in.
    async fn annex(
        &self,
        admitted: Option<&Admitted>,
        head: request::Parts,
        body: Bytes,
    ) -> Result<Response<Body>, Fault> {
        let Some(guests) = self.plane.annex.get() else {
            return Err(door::nobody());
        };
        annex::enter(guests, self.peer, &self.snapshot, admitted, head, body).await
    }

    fn fault(&self, fault: &Fault) -> Response<Body> {
        reply::fault(fault, self.dialect, self.id)
    }

    fn check_target(&self, target: &Uri, fields: &HeaderMap) -> Result<(), Fault> {
        let length = target
            .path_and_query()
            .map_or(0, |path| path.as_str().len());
        if length > self.snapshot.limits.target {
            let mut fault = Fault::invalid("", "the request's address is too long");
            fault.status = Some(414);
            return Err(fault);
        }
        match check_host(
            fields,
            target,
            self.peer.local,
            &self.snapshot.allowed_hosts,
        ) {
            HostVerdict::Ours => Ok(()),
            HostVerdict::NotOurs => Err(Fault::new(
                At::Client,
                FaultKind::Misdirected,
                "this is Portolan, not the host that the request names; call it as localhost, \
                 or add the name to allowed_hosts in the settings",
            )),
            HostVerdict::Malformed => Err(Fault::invalid(
                "",
                "the request's Host field is missing, doubled or malformed",
            )),
        }
    }

    fn admit(&self, head: &request::Parts, is_model: bool) -> Result<LetIn, Fault> {
        let now = Now::read();
        if self.peer.is_own {
            return Ok(LetIn {
                now,
                admitted: Admitted { key: None },
                held: None,
            });
        }
        let admitted = admit(
            &head.headers,
            head.uri.query(),
            &self.snapshot,
            &self.peer.instance,
        )
        .inspect_err(|_| self.note_refused(&head.headers))?;
        let mut held = None;
        if let Some(key) = &admitted.key {
            let key = self.key.get_or_init(|| Arc::clone(key));
            held = self
                .plane
                .rates
                .take(&key.name, key.limits, is_model, now)?;
        }
        Ok(LetIn {
            now,
            admitted,
            held,
        })
    }

    fn note_refused(&self, fields: &HeaderMap) {
        let origin = self.origin.field().and_then(|field| field.to_str().ok());
        let agent = fields
            .get(header::USER_AGENT)
            .and_then(|field| field.to_str().ok());
        self.plane.refused.note(origin, agent, SystemTime::now());
    }

    fn open(&self, asked: &Asked) -> Response<Body> {
        match asked {
            Asked::Health => listing::health(&self.peer.instance),
            Asked::Ready => listing::ready(&self.snapshot),
            _ => listing::greeting(),
        }
    }

    async fn listing(
        &self,
        asked: &Asked,
        admitted: &Admitted,
        head: &request::Parts,
    ) -> Result<Response<Body>, Fault> {
        match asked {
            Asked::Models => {
                self.plane.learn_missing().await;
                Ok(listing::models(self.plane, &self.snapshot, admitted, head))
            }
            Asked::OneModel(id) => {
                admitted.may_ask_for(id)?;
                self.plane.learn_missing().await;
                listing::one(
                    self.plane,
                    &self.snapshot,
                    &self.peer.instance,
                    id,
                    &head.headers,
                )
            }
            Asked::RefreshModels => {
                let results = self.plane.refresh().await;
                let (plane, snapshot) = (self.plane, &self.snapshot);
                Ok(listing::refreshed(&results, plane, snapshot, admitted))
            }
            Asked::VisionModels => {
                self.plane.learn_missing().await;
                Ok(listing::seeing(self.plane, &self.snapshot, admitted))
            }
            Asked::EventLogging => Ok(reply::json(StatusCode::OK, "{}")),
            Asked::Greeting
            | Asked::Health
            | Asked::Ready
            | Asked::Graphql
            | Asked::Document
            | Asked::Worker(_)
            | Asked::Model(..) => Ok(self.open(asked)),
        }
    }

    async fn model<B>(
        &self,
        LetIn {
            now,
            admitted,
            held,
        }: LetIn,
        (dialect, what): (Dialect, What),
        fields: HeaderMap,
        incoming: B,
    ) -> Result<Response<Body>, Fault>
    where
        B: http_body::Body<Data = Bytes> + Unpin,
        B::Error: std::fmt::Display,
    {
        let brought = brought::read(&fields, &self.snapshot, admitted.key.as_deref())?;
        let mut operation = what.likely();
        let beginning = Beginning {
            now,
            id: Arc::clone(self.id),
            instance: Arc::clone(&self.peer.instance),
            key: admitted.key.as_ref().map(|key| Arc::clone(&key.name)),
            held,
            client: fields
                .get(header::USER_AGENT)
                .and_then(|field| crate::agent::short(field.as_bytes())),
            dialect,
            operation,
        };
        let mut record = Record::begin(self.plane, beginning);
        let mut read = self.read(operation, &fields, incoming).await;
        if let What::Worker(surface) = what {
            read = read.and_then(|read| {
                let (asked, body) = surface.complete(&read.body)?;
                operation = asked;
                let peek = Peek::at(&body, peek::Limits::default())?;
                let form = None;
                Ok(Read { body, form, peek })
            });
            record.note(|exchange| exchange.operation = operation);
        }
        let headers = headers::kept(&fields);
        drop(fields);
        let call = read.and_then(|Read { body, form, peek }| {
            let call = Call::new(Parts {
                snapshot: Arc::clone(&self.snapshot),
                id: Arc::clone(self.id),
                dialect,
                operation,
                headers,
                body,
                form,
                peek,
                created: now
                    .clock
                    .duration_since(UNIX_EPOCH)
                    .map_or(0, |since| since.as_secs()),
                key: admitted.key.clone(),
                brought,
            })?;
            admitted.may_ask_for(&call.model)?;
            // On the heap: it would be moved with every step.
            Ok(Box::new(call))
        });
        match call {
            Ok(call) => {
                let instance = &self.peer.instance;
                let mut answer = answer::answer(self.plane, instance, &call, record).await;
                reply::note(&mut answer, operation);
                Ok(answer)
            }
            Err(fault) => {
                record.close(crate::exchange::Outcome::Failed(fault.clone()));
                Err(fault)
            }
        }
    }

    async fn read<B>(
        &self,
        operation: Operation,
        fields: &HeaderMap,
        incoming: B,
    ) -> Result<Read, Fault>
    where
        B: http_body::Body<Data = Bytes> + Unpin,
        B::Error: std::fmt::Display,
    {
        let patience = self.snapshot.timeouts.body;
        if operation.takes_files()
            && let Some(boundary) = form::boundary(fields)
        {
            body::check_plain(fields)?;
            let limit = self.snapshot.limits.form_body;
            let (form, peek) = Box::pin(body::form(incoming, &boundary?, limit, patience)).await?;
            return Ok(Read {
                body: Bytes::new(),
                form: Some(form),
                peek,
            });
        }
        body::check_type(fields, operation.takes_files())?;
        let limit = self.snapshot.limits.request_body;
        let body = body::read(fields, incoming, limit, patience).await?;
        let peek = Peek::at(&body, peek::Limits::default())?;
        Ok(Read {
            body,
            form: None,
            peek,
        })
    }
}

/// What is asked of a model.
#[derive(Clone, Copy)]
enum What {
    Operation(Operation),
    /// The body says it.
    Worker(Surface),
}

impl What {
    fn likely(self) -> Operation {
        match self {
            Self::Operation(operation) => operation,
            Self::Worker(surface) => surface.likely(),
        }
    }
}

/// A request's body, looked at once.
struct Read {
    body: Bytes,
    form: Option<Form>,
    peek: Peek,
}
