//! Writing conversations out, as CSV or JSON, page by page so that memory does not grow with the data.

use std::io::Write;

use chrono::SecondsFormat;
use entity::{chat_message, chat_room};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Serialize;

use crate::{
    domain::{Message, Room, Timestamp},
    records::{messages_of_rows, rooms_of_rows},
    service::Error,
};

const PAGE: u64 = 500;

/// How an export is spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// One line for each message, with its room.
    Csv,
    /// One JSON object for each room with its messages, in an array.
    Json,
}

/// Why an export stopped.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// There is no such room, or the database failed.
    #[error(transparent)]
    Read(#[from] Error),
    /// The output took no more.
    #[error("the output cannot be written: {0}")]
    Write(#[from] std::io::Error),
    /// As before, seen by the CSV writer.
    #[error("the output cannot be written: {0}")]
    Csv(#[from] csv::Error),
    /// As before, seen by the JSON writer.
    #[error("the output cannot be written: {0}")]
    Json(#[from] serde_json::Error),
}

impl From<sea_orm::DbErr> for ExportError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Read(error.into())
    }
}

/// Writes one room, or all, to `out`.
///
/// # Errors
/// [`ExportError`].
pub async fn export(
    db: &DatabaseConnection,
    room_id: Option<i32>,
    format: ExportFormat,
    out: &mut impl Write,
) -> Result<(), ExportError> {
    let mut sink = match format {
        ExportFormat::Csv => Sink::csv(out)?,
        ExportFormat::Json => Sink::json(out)?,
    };
    let mut found = false;
    let mut after = 0;
    loop {
        let mut select = chat_room::Entity::find().filter(chat_room::Column::Id.gt(after));
        if let Some(room_id) = room_id {
            select = select.filter(chat_room::Column::Id.eq(room_id));
        }
        let rows = select.order_by_asc(chat_room::Column::Id).limit(PAGE).all(db).await?;
        let Some(last) = rows.last() else { break };
        after = last.id;
        for room in rooms_of_rows(db, rows).await? {
            found = true;
            export_room(db, &room, &mut sink).await?;
        }
    }
    if room_id.is_some() && !found {
        return Err(Error::NO_ROOM.into());
    }
    sink.finish()
}

async fn export_room<W: Write>(
    db: &DatabaseConnection,
    room: &Room,
    sink: &mut Sink<'_, W>,
) -> Result<(), ExportError> {
    sink.begin_room(room)?;
    let mut after = 0;
    loop {
        let rows = chat_message::Entity::find()
            .filter(chat_message::Column::ChatRoomId.eq(room.id))
            .filter(chat_message::Column::Id.gt(after))
            .order_by_asc(chat_message::Column::Id)
            .limit(PAGE)
            .all(db)
            .await?;
        let Some(last) = rows.last() else { break };
        after = last.id;
        for message in messages_of_rows(db, rows).await? {
            sink.message(room, &message)?;
        }
    }
    sink.end_room()
}

/// One message with its room, as both formats have it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    room_id: i32,
    status: entity::ChatStatus,
    priority: entity::ChatPriority,
    subject: Option<String>,
    customer_id: i32,
    customer_name: Option<String>,
    customer_email: Option<String>,
    message_id: i32,
    sender_id: i32,
    sender_name: Option<String>,
    sender_role: entity::Role,
    message_type: entity::MessageType,
    message: String,
    is_read: bool,
    reply_to_id: Option<i32>,
    deleted_at: Option<String>,
    created_at: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonRoom<'a> {
    id: i32,
    status: entity::ChatStatus,
    priority: entity::ChatPriority,
    subject: Option<&'a str>,
    customer_id: i32,
    customer_name: Option<&'a str>,
    customer_email: Option<&'a str>,
    admin_id: Option<i32>,
    admin_name: Option<&'a str>,
    created_at: String,
    last_activity: String,
}

enum Sink<'a, W: Write> {
    Csv(Box<csv::Writer<&'a mut W>>),
    Json { out: &'a mut W, rooms: usize, messages: usize },
}

impl<'a, W: Write> Sink<'a, W> {
    fn csv(out: &'a mut W) -> Result<Self, ExportError> {
        // The head is written even if no message follows.
        let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(out);
        writer.write_record([
            "roomId",
            "status",
            "priority",
            "subject",
            "customerId",
            "customerName",
            "customerEmail",
            "messageId",
            "senderId",
            "senderName",
            "senderRole",
            "messageType",
            "message",
            "isRead",
            "replyToId",
            "deletedAt",
            "createdAt",
        ])?;
        Ok(Self::Csv(Box::new(writer)))
    }

    fn json(out: &'a mut W) -> Result<Self, ExportError> {
        out.write_all(b"[")?;
        Ok(Self::Json { out, rooms: 0, messages: 0 })
    }

    fn begin_room(&mut self, room: &Room) -> Result<(), ExportError> {
        let Self::Json { out, rooms, messages } = self else { return Ok(()) };
        let head = serde_json::to_string(&JsonRoom {
            id: room.id,
            status: room.status,
            priority: room.priority,
            subject: room.subject.as_deref(),
            customer_id: room.user.id,
            customer_name: room.user.name.as_deref(),
            customer_email: room.user.email.as_deref(),
            admin_id: room.admin.as_ref().map(|admin| admin.id),
            admin_name: room.admin.as_ref().and_then(|admin| admin.name.as_deref()),
            created_at: moment(room.created_at),
            last_activity: moment(room.last_activity),
        })?;
        let separator = if *rooms == 0 { "\n" } else { ",\n" };
        write!(out, "{separator}{},\"messages\":[", head.trim_end_matches('}'))?;
        (*rooms, *messages) = (*rooms + 1, 0);
        Ok(())
    }

    fn message(&mut self, room: &Room, message: &Message) -> Result<(), ExportError> {
        match self {
            Self::Csv(writer) => writer.serialize(neutralised(line(room, message)))?,
            Self::Json { out, messages, .. } => {
                out.write_all(if *messages == 0 { b"\n" } else { b",\n" })?;
                serde_json::to_writer(&mut **out, &line(room, message))?;
                *messages += 1;
            }
        }
        Ok(())
    }

    fn end_room(&mut self) -> Result<(), ExportError> {
        if let Self::Json { out, .. } = self {
            out.write_all(b"]}")?;
        }
        Ok(())
    }

    fn finish(self) -> Result<(), ExportError> {
        match self {
            Self::Csv(mut writer) => writer.flush()?,
            Self::Json { out, .. } => {
                out.write_all(b"\n]\n")?;
                out.flush()?;
            }
        }
        Ok(())
    }
}

fn line(room: &Room, message: &Message) -> Line {
    Line {
        room_id: room.id,
        status: room.status,
        priority: room.priority,
        subject: room.subject.clone(),
        customer_id: room.user.id,
        customer_name: room.user.name.clone(),
        customer_email: room.user.email.clone(),
        message_id: message.id,
        sender_id: message.sender.id,
        sender_name: message.sender.name.clone(),
        sender_role: message.sender.role,
        message_type: message.message_type,
        message: message.text.clone(),
        is_read: message.is_read,
        reply_to_id: message.reply_to_id,
        deleted_at: message.deleted_at.map(moment),
        created_at: moment(message.created_at),
    }
}

/// A spreadsheet takes a cell that begins with one of these for a formula (OWASP, CSV injection).
fn neutralised(mut line: Line) -> Line {
    let texts = [
        Some(&mut line.message),
        line.subject.as_mut(),
        line.customer_name.as_mut(),
        line.customer_email.as_mut(),
        line.sender_name.as_mut(),
    ];
    for text in texts.into_iter().flatten() {
        if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
            text.insert(0, '\'');
        }
    }
    line
}

fn moment(at: Timestamp) -> String {
    at.to_utc().to_rfc3339_opts(SecondsFormat::Millis, true)
}
