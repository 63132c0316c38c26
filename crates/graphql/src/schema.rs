//! The schema: what can be asked, by the names that the Worker's README gave it.

use async_graphql::{Context, EmptySubscription, Object, Result, SchemaBuilder};

use crate::asking::{Caller, Refusal};
use crate::chat::{self, ChatInput, ChatMessage};
use crate::picture::{self, ImageInput, ImageResponse};
use crate::sessions::{MessageInput, Session, Shelf};

pub(crate) type Schema = async_graphql::Schema<Query, Mutation, EmptySubscription>;

pub(crate) fn schema() -> SchemaBuilder<Query, Mutation, EmptySubscription> {
    Schema::build(Query, Mutation, EmptySubscription)
}

pub(crate) fn caller<'a>(context: &Context<'a>) -> Result<&'a Caller> {
    Ok(context.data::<std::sync::Arc<Caller>>()?)
}

/// A part of the answer that says of itself that it failed, and why; the reason stands among the
/// answer's errors too.
pub(crate) fn or_failed<T>(
    context: &Context<'_>,
    done: Result<T, Refusal>,
    failed: impl FnOnce(String) -> T,
) -> T {
    match done {
        Ok(done) => done,
        Err(refusal) => {
            context.add_error(
                context.set_error_path(refusal.extended().into_server_error(context.item.pos)),
            );
            failed(refusal.message)
        }
    }
}

pub(crate) struct Query;

/// What can be read.
#[Object]
impl Query {
    /// What was said in a session of this key, the oldest first; without an id in the one that was
    /// used last.
    async fn chat_history(
        &self,
        context: &Context<'_>,
        session_id: Option<String>,
    ) -> Result<Vec<ChatMessage>> {
        let shelf = context.data::<Shelf>()?;
        let read = shelf.read(caller(context)?, session_id.clone()).await;
        let messages = read.map_err(|refusal| refusal.extended())?.into_iter();
        let shown = messages.map(|message| ChatMessage::stored(message).within(session_id.clone()));
        Ok(shown.collect())
    }
}

pub(crate) struct Mutation;

/// What can be done.
#[Object]
impl Mutation {
    /// Asks a model, and waits for the whole answer. With a session's id what was said there comes
    /// first, and what is said now is kept.
    #[graphql(name = "getAIResponse")]
    async fn get_ai_response(
        &self,
        context: &Context<'_>,
        input: ChatInput,
    ) -> Result<ChatMessage> {
        let shelf = context.data::<Shelf>()?;
        let answered = chat::answer(caller(context)?, shelf, input).await;
        let now = shelf.stamp();
        Ok(or_failed(context, answered, |reason| {
            ChatMessage::failed(reason, now)
        }))
    }

    /// Has a picture made.
    async fn generate_image(
        &self,
        context: &Context<'_>,
        input: ImageInput,
    ) -> Result<ImageResponse> {
        let now = context.data::<Shelf>()?.stamp();
        let failed = ImageResponse::failed(&input, now.clone());
        let made = picture::make(caller(context)?, input, now).await;
        Ok(or_failed(context, made, |reason| failed.because(reason)))
    }

    /// Begins a session, which this key alone can read and add to.
    async fn create_session(&self, context: &Context<'_>) -> Result<Session> {
        let shelf = context.data::<Shelf>()?;
        let begun = shelf.begin(caller(context)?).await;
        Ok(or_failed(context, begun, Session::failed))
    }

    /// Keeps what a person says; `getAIResponse` with the session's id and no messages answers it.
    /// Without an id it goes to the session that was used last, or to a new one.
    async fn send_message(
        &self,
        context: &Context<'_>,
        input: MessageInput,
    ) -> Result<ChatMessage> {
        let shelf = context.data::<Shelf>()?;
        let kept = shelf.say(caller(context)?, input).await;
        let now = shelf.stamp();
        Ok(or_failed(context, kept, |reason| {
            ChatMessage::failed(reason, now)
        }))
    }
}
