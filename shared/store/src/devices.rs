//! Devices of the warehouse, and the codes they are enrolled with. A code is kept as its hash, for a quarter of an hour, and used once.

use std::time::Duration;

use domain::{
    Failure, Refusal, RequestKey, Timestamp,
    audit::Entry,
    device::{Device, DeviceState},
    id::DeviceId,
};
use serde::{Deserialize, Serialize};

use crate::{
    audit::entry_write,
    db::Db,
    decide::Once,
    error::Error,
    item::{Condition, Key, Query, Range, Write, from_item, to_item},
    requests::write_once,
    sessions::{Opening, Sessions},
};

const DEVICES: &str = "A#devices";
/// Long enough to walk to the bench.
const CODE_LASTS: Duration = Duration::from_secs(15 * 60);

/// The devices of the warehouse.
#[derive(Clone)]
pub struct Devices {
    db: Db,
    sessions: Sessions,
}

#[derive(Serialize, Deserialize)]
struct DeviceRecord {
    format: u32,
    v: u64,
    id: String,
    name: String,
    state: String,
    since: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct CodeRecord {
    format: u32,
    device: String,
    expires_at: i64,
}

fn device_key(id: &str) -> Key {
    Key::new(DEVICES, id)
}

fn code_key(code_hash: &str) -> Key {
    Key::new(format!("A#enrolment#{code_hash}"), "A")
}

impl Devices {
    /// The devices in the table of accounts, and the table of their sessions.
    #[must_use]
    pub fn new(db: Db, sessions: Sessions) -> Self {
        Self { db, sessions }
    }

    /// All of them, the oldest first.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn all(&self) -> Result<Vec<Device>, Failure> {
        let items = self.db.query_all(Query::of(DEVICES, Range::All)).await?;
        let devices = items
            .into_iter()
            .map(|item| from_item::<DeviceRecord>(item)?.into_device());
        Ok(devices.collect::<Result<_, Error>>()?)
    }

    /// One of them.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    pub async fn device(&self, id: &DeviceId) -> Result<Device, Failure> {
        let item = self
            .db
            .get(&device_key(id.as_str()))
            .await?
            .ok_or(Failure::NotFound("device"))?;
        Ok(from_item::<DeviceRecord>(item)?.into_device()?)
    }

    /// Writes a new device with the hash of the code that enrols it, once for each request. `answer` is what a repeat is told.
    ///
    /// # Errors
    /// `Refused(KeyReused)` when the key came with another request before.
    pub async fn add(
        &self,
        device: &Device,
        code_hash: &str,
        entry: &Entry,
        (request, answer): (&RequestKey, String),
    ) -> Result<Once, Failure> {
        let code = CodeRecord {
            format: 1,
            device: device.id.to_string(),
            expires_at: entry.at.plus(CODE_LASTS).as_seconds(),
        };
        let mut writes = changed(device, entry)?;
        writes.push(Write::Put(to_item(&code_key(code_hash), &code)?, Condition::Absent));
        write_once(&self.db, writes, request, answer, entry.at).await
    }

    /// The device that a code enrols.
    ///
    /// # Errors
    /// `Refused(NotValidAnyMore)` when the code was used, has ended, or never was.
    pub async fn of_code(&self, code_hash: &str, now: Timestamp) -> Result<Device, Failure> {
        let item = self
            .db
            .get(&code_key(code_hash))
            .await?
            .ok_or(Refusal::NotValidAnyMore)?;
        let code: CodeRecord = from_item(item)?;
        if code.expires_at <= now.as_seconds() {
            return Err(Refusal::NotValidAnyMore.into());
        }
        let id = code
            .device
            .parse()
            .map_err(|_| Failure::internal("a code leads to no device"))?;
        self.device(&id).await
    }

    /// Enrols a device: its code is used up and its session opens.
    ///
    /// # Errors
    /// `Refused(NotValidAnyMore)` when the code was used at the same moment.
    pub async fn enrol(
        &self,
        device: &Device,
        code_hash: &str,
        entry: &Entry,
        opening: &Opening<'_>,
    ) -> Result<(), Failure> {
        let mut writes = changed(device, entry)?;
        writes.push(Write::Delete(code_key(code_hash), Condition::Present));
        let sessions = self.sessions.replacing(None, opening)?;
        match self.db.transact_with(writes, self.sessions.db(), sessions).await {
            Ok(()) => Ok(()),
            Err(Error::Condition(_)) => Err(Refusal::NotValidAnyMore.into()),
            Err(error) => Err(error.into()),
        }
    }

    /// Writes a revoked device; its sessions end with it.
    ///
    /// # Errors
    /// `Conflict` when somebody else was faster.
    pub async fn revoke(&self, device: &Device, entry: &Entry) -> Result<(), Failure> {
        let id = device.id.as_str();
        let ending = Sessions::ending_epoch(id, self.sessions.epoch(id).await?)?;
        let writes = changed(device, entry)?;
        self.db.transact_with(writes, self.sessions.db(), vec![ending]).await?;
        self.sessions.forget_ended(id).await;
        Ok(())
    }
}

fn changed(device: &Device, entry: &Entry) -> Result<Vec<Write>, Error> {
    let condition = match device.version {
        0 => Condition::Absent,
        version => Condition::VersionIs(version),
    };
    let record = DeviceRecord {
        format: 1,
        v: device.version.saturating_add(1),
        id: device.id.to_string(),
        name: device.name.clone(),
        state: device.state.word().to_owned(),
        since: device.since,
    };
    let item = to_item(&device_key(device.id.as_str()), &record)?;
    Ok(vec![Write::Put(item, condition), entry_write(entry)?])
}

impl DeviceRecord {
    fn into_device(self) -> Result<Device, Error> {
        let wrong = |what| Error::defect("read a device", what);
        let state = DeviceState::ALL.into_iter().find(|state| state.word() == self.state);
        Ok(Device {
            id: self.id.parse().map_err(|_| wrong("not an id"))?,
            name: self.name,
            state: state.ok_or_else(|| wrong("no such state"))?,
            since: self.since,
            version: self.v,
        })
    }
}
