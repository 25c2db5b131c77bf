//! What a stream is opened with and a message posted with, for each kind of server.

use super::Server;
use crate::{
    Result,
    net::{Marker, Opening, Pace, Swarm, Work},
    token,
};

/// Admins that read rooms have ids from here on.
const FIRST_ADMIN: u32 = 1_000_000;
/// So many admins share the streams of a large room.
const ADMINS: u32 = 100;
const SOCKET_PATH: &str = "/socket.io/?EIO=4&transport=websocket";
/// Rooms that are made at a time.
const MAKERS: usize = 64;

impl Server {
    /// Makes rooms, if they are not just names here: room n is customer n's.
    pub(crate) fn make_rooms(&mut self, rooms: u32) -> Result<()> {
        if !self.kind.is_sapa() {
            return Ok(());
        }
        let address = self.address;
        let mut made = vec![0; rooms as usize];
        let answer = Swarm::new(address)?.run(Work {
            callers: MAKERS,
            pace: Pace::Closed,
            total: u64::from(rooms),
            apart: u64::from(rooms),
            deliveries: 0,
            request: &mut |index, _| {
                let owner = token::customer(number(index) + 1);
                post(&address.to_string(), "/api/chat/rooms", &owner, r#"{"message":"Good day"}"#)
            },
            answered: &mut |index, _, body| made[index as usize] = id_of(body),
        })?;
        if answer.failed > 0 || made.contains(&0) {
            return Err(format!("{} rooms could not be made", answer.failed.max(1)).into());
        }
        self.rooms = made;
        Ok(())
    }

    /// Lets customers 1, 2, … be known.
    pub(crate) fn greet(&self, people: u32) -> Result<()> {
        if !self.kind.is_sapa() {
            return Ok(());
        }
        let answer = Swarm::new(self.address)?.run(Work {
            callers: MAKERS,
            pace: Pace::Closed,
            total: u64::from(people),
            apart: u64::from(people),
            deliveries: 0,
            request: &mut |index, _| {
                get(&self.host(), "/api/chat/rooms", &token::customer(number(index) + 1), "application/json")
            },
            answered: &mut |_, _, _| {},
        })?;
        match answer.failed {
            0 => Ok(()),
            failed => Err(format!("{failed} people were not let in").into()),
        }
    }

    /// The stream of a room for its nth reader: the first is the customer, the others are admins.
    pub(crate) fn stream(&self, room: u32, reader: u32, resume: Option<u64>) -> Vec<u8> {
        if !self.kind.is_sapa() {
            return get(&self.host(), &format!("/sub/{room}"), "", "text/event-stream");
        }
        let token = match reader {
            0 => token::customer(room),
            reader => token::admin(FIRST_ADMIN + (room + reader) % ADMINS),
        };
        let mut path = format!("/api/chat/sse?roomId={}", self.rooms[room as usize - 1]);
        if let Some(id) = resume {
            path += &format!("&lastEventId={id}");
        }
        get(&self.host(), &path, &token, "text/event-stream")
    }

    /// A post of a message in a room by its customer.
    pub(crate) fn message(&self, marker: Marker) -> Vec<u8> {
        let body = format!(r#"{{"message":"{}"}}"#, marker.text());
        match self.kind.is_sapa() {
            true => {
                let path = format!("/api/chat/rooms/{}", self.rooms[marker.room as usize - 1]);
                post(&self.host(), &path, &token::customer(marker.room), &body)
            }
            false => post(&self.host(), &format!("/pub/{}", marker.room), "", &body),
        }
    }

    /// A Socket.IO client: the nth, which joins a room or only connects.
    pub(crate) fn socket(&self, client: u32, room: Option<u32>) -> Opening {
        let token = match room {
            Some(_) => token::admin(FIRST_ADMIN + client % ADMINS),
            None => token::customer(client + 1),
        };
        let join = room.map(|room| {
            let room = self.rooms.get(room as usize - 1).copied().unwrap_or(room);
            format!(r#"42/support,["join_chat",{{"roomId":{room}}}]"#)
        });
        let connect = format!(r#"40/support,{{"token":"{token}"}}"#);
        Opening::Socket { path: SOCKET_PATH.to_owned(), connect, join }
    }

    /// The value of the Host header.
    pub(crate) fn host(&self) -> String {
        self.address.to_string()
    }

    /// The admin who reads the desk.
    pub(crate) fn desk(&self) -> String {
        token::admin(FIRST_ADMIN)
    }
}

/// A GET; an empty token sends none.
pub(crate) fn get(host: &str, path: &str, token: &str, accept: &str) -> Vec<u8> {
    let authorization = authorization(token);
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: {accept}\r\n{authorization}\r\n").into_bytes()
}

fn post(host: &str, path: &str, token: &str, body: &str) -> Vec<u8> {
    let (authorization, length) = (authorization(token), body.len());
    format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\
         {authorization}\r\n{body}"
    )
    .into_bytes()
}

fn authorization(token: &str) -> String {
    if token.is_empty() { String::new() } else { format!("Authorization: Bearer {token}\r\n") }
}

fn id_of(body: &[u8]) -> u32 {
    let room: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    room["id"].as_u64().map_or(0, number)
}

fn number(index: u64) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
