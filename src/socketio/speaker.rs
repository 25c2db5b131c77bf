//! What the dialects have in common: signing in with the handshake's token, arguments that are checked, answers and errors.

use std::{cell::Cell, future::Future, marker::PhantomData, rc::Rc, sync::Arc, time::Duration};

use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};
use tokio::time::Instant;

use super::{Call, Connecting, Conversation, Handling, Namespace, Refused, Socket};
use crate::{
    domain::Principal,
    http::{Problem, object_of_value},
    hub::LocalHub,
    identity::{Credential, Verifier},
    service::{
        Fields,
        person::{Caller, recognise},
    },
    state::State,
};

/// Between two error events that say that there were too many events.
const LIMIT_NOTICE: Duration = Duration::from_secs(1);

/// What a namespace of the service works with, on one serving thread.
#[derive(Clone, Debug)]
pub struct Context {
    /// The service.
    pub state: State,
    /// Whose tokens are believed.
    pub verifier: Arc<Verifier>,
    /// The streams of this thread.
    pub local: Rc<LocalHub>,
}

/// One signed-in client in a dialect's namespace.
pub trait Speaker: Sized + 'static {
    /// The event that tells what went wrong.
    const ERROR_EVENT: &'static str;

    /// Lets a person in.
    fn enter(
        context: Context,
        who: Principal,
        socket: Rc<Socket>,
    ) -> impl Future<Output = Result<Self, Problem>> + 'static;

    /// Does what an event asks; what it returns goes into the acknowledgement. An unknown event gives
    /// [`Problem::unknown_event`].
    fn handle(
        self: Rc<Self>,
        event: String,
        arguments: Arguments,
    ) -> impl Future<Output = Result<Value, Problem>> + 'static;

    /// The client's socket.
    fn socket(&self) -> &Socket;

    /// The client left on purpose.
    fn leave(&self);

    /// The acknowledgement of an event that succeeded.
    fn acknowledgement(data: Value) -> Value {
        json!({ "success": true, "data": data })
    }
}

/// The arguments of an event.
#[derive(Debug)]
pub struct Arguments(Vec<Value>);

impl Arguments {
    /// The first argument as an object; one that was left out is an empty object.
    ///
    /// # Errors
    /// 400 names the field, or `payload` when all of it is wrong.
    pub fn payload<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let empty = Value::Object(Map::new());
        let value = match self.0.first() {
            None | Some(Value::Null) => &empty,
            Some(value) => value,
        };
        object_of_value(value, "payload")
    }
}

/// An id as front-ends send it: a number or a numeric string, at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Id(pub i32);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let id = match &value {
            Value::Number(number) => number.as_i64().and_then(|id| i32::try_from(id).ok()),
            Value::String(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().ok(),
            _ => None,
        };
        id.filter(|id| *id > 0).map(Self).ok_or_else(|| serde::de::Error::custom("must be an id"))
    }
}

/// What is told of an event that failed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Failure<'a> {
    success: bool,
    event: &'a str,
    code: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<&'a Fields>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
}

impl<'a> Failure<'a> {
    fn of(problem: &'a Problem, event: &'a str) -> Self {
        Self {
            success: false,
            event,
            code: problem.code,
            message: &problem.detail,
            errors: problem.errors.as_ref(),
            retry_after: problem.retry_after(),
        }
    }
}

/// A namespace in which a dialect is spoken.
#[derive(Debug)]
pub struct Spoken<S> {
    context: Context,
    speaker: PhantomData<S>,
}

impl<S> Spoken<S> {
    /// A namespace on the serving thread of `context`.
    pub fn new(context: Context) -> Self {
        Self { context, speaker: PhantomData }
    }
}

impl<S: Speaker> Namespace for Spoken<S> {
    fn connect(&self, socket: Rc<Socket>, auth: Value) -> Connecting {
        let context = self.context.clone();
        Box::pin(async move {
            let entered = async {
                let who = sign_in(&context, &auth).await?;
                S::enter(context, who, socket).await
            };
            match entered.await {
                Ok(speaker) => {
                    let dialogue = Dialogue { speaker: Rc::new(speaker), noticed: Cell::new(None) };
                    Ok(Rc::new(dialogue) as Rc<dyn Conversation>)
                }
                Err(problem) => {
                    let mut data = json!({ "code": problem.code });
                    if let Some(seconds) = problem.retry_after() {
                        data["retryAfter"] = seconds.into();
                    }
                    Err(Refused { message: problem.detail, data })
                }
            }
        })
    }
}

async fn sign_in(context: &Context, auth: &Value) -> Result<Principal, Problem> {
    let token = auth.get("token").and_then(Value::as_str).unwrap_or_default();
    let token = token.strip_prefix("Bearer ").unwrap_or(token);
    let credential =
        Credential::from_handshake(token).ok_or_else(|| Problem::unauthenticated("a token is needed in auth.token"))?;
    let claims = context.verifier.verify(&credential).map_err(|reason| Problem::unauthenticated(reason.to_string()))?;
    let caller = Caller {
        user_id: claims.user_id,
        role: claims.role,
        name: claims.name,
        email: claims.email,
        expires_at: claims.expires_at,
    };
    Ok(recognise(&context.state, caller).await?)
}

struct Dialogue<S> {
    speaker: Rc<S>,
    /// When the client was last told that it sends too much.
    noticed: Cell<Option<Instant>>,
}

impl<S: Speaker> Conversation for Dialogue<S> {
    fn call(&self, call: Call) -> Handling {
        let speaker = self.speaker.clone();
        Box::pin(async move {
            let Call { event, args, ack, .. } = call;
            match speaker.clone().handle(event.clone(), Arguments(args)).await {
                Ok(data) => {
                    if let Some(ack) = ack {
                        ack.send(&S::acknowledgement(data));
                    }
                }
                Err(problem) => {
                    let failure = Failure::of(&problem, &event);
                    speaker.socket().emit(S::ERROR_EVENT, &failure);
                    if let Some(ack) = ack {
                        ack.send(&failure);
                    }
                }
            }
        })
    }

    fn refuse(&self, call: Call, retry_after: Duration) {
        let problem = Problem::rate_limited("too many events; slow down", retry_after);
        let failure = Failure::of(&problem, &call.event);
        if self.noticed.get().is_none_or(|noticed| noticed.elapsed() >= LIMIT_NOTICE) {
            self.noticed.set(Some(Instant::now()));
            self.speaker.socket().emit(S::ERROR_EVENT, &failure);
        }
        if let Some(ack) = call.ack {
            ack.send(&failure);
        }
    }

    fn leave(&self) {
        self.speaker.leave();
    }
}
