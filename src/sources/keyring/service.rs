//! The calls of `org.freedesktop.Secret`: a session without encryption of its own, as the bus is a socket of this user.
//!
//! An answer that would need a prompt is an error here: no prompt is ever performed.

use std::collections::HashMap;

use secrecy::{ExposeSecret, SecretString};
use serde::{Serialize, de::DeserializeOwned};
use zbus::{Connection, DynamicType, ObjectPath, OwnedObjectPath, OwnedVariant, Type, Variant};

use super::Trouble;
use crate::config::KeyringEntry;

const NAME: &str = "org.freedesktop.secrets";
const ROOT: &str = "/org/freedesktop/secrets";
const OF_SERVICE: &str = "org.freedesktop.Secret.Service";
const OF_COLLECTION: &str = "org.freedesktop.Secret.Collection";
const OF_ITEM: &str = "org.freedesktop.Secret.Item";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
/// The path that stands for none: no prompt is needed, no collection is the default.
const NONE: &str = "/";

/// A secret on the wire: session, parameters, value, content type.
type Wire = (OwnedObjectPath, Vec<u8>, Vec<u8>, String);

pub(super) async fn read(entry: &KeyringEntry) -> Result<SecretString, Trouble> {
    let service = Service::open().await?;
    let item = service.find(entry).await?;
    let (_, _, value, _): Wire = service.call(&item, OF_ITEM, "GetSecret", &(&service.session,)).await?;
    let text = String::from_utf8_lossy(&value).lines().next().unwrap_or_default().trim().to_owned();
    if text.is_empty() {
        return Err(Trouble::Failed(format!("the entry {entry} is empty")));
    }
    Ok(SecretString::from(text))
}

pub(super) async fn store(entry: &KeyringEntry, secret: &SecretString) -> Result<(), Trouble> {
    let service = Service::open().await?;
    let collection = service.collection().await?;
    let label = format!("Watchfire: {entry}");
    let properties = HashMap::from([
        ("org.freedesktop.Secret.Item.Label", Variant::from(label)),
        ("org.freedesktop.Secret.Item.Attributes", Variant::from(attributes(entry))),
    ]);
    let value = secret.expose_secret().as_bytes();
    let secret = (&service.session, &[][..] as &[u8], value, "text/plain; charset=utf8");
    let made: (OwnedObjectPath, OwnedObjectPath) =
        service.call(&collection, OF_COLLECTION, "CreateItem", &(properties, secret, true)).await?;
    unprompted(&made.1)
}

pub(super) async fn remove(entry: &KeyringEntry) -> Result<(), Trouble> {
    let service = Service::open().await?;
    let item = service.find(entry).await?;
    let prompt: OwnedObjectPath = service.call(&item, OF_ITEM, "Delete", &()).await?;
    unprompted(&prompt)
}

pub(super) async fn ready() -> Result<(), Trouble> {
    Service::open().await?.collection().await.map(drop)
}

fn attributes(entry: &KeyringEntry) -> HashMap<&str, &str> {
    HashMap::from([("service", entry.service.as_str()), ("username", entry.username.as_str())])
}

fn unprompted(prompt: &OwnedObjectPath) -> Result<(), Trouble> {
    if prompt.as_str() == NONE { Ok(()) } else { Err(Trouble::Locked) }
}

/// A conversation with the keyring.
struct Service {
    bus: Connection,
    session: OwnedObjectPath,
}

impl Service {
    async fn open() -> Result<Self, Trouble> {
        let bus = Connection::session().await.map_err(|e| {
            tracing::debug!("no session bus: {e}");
            Trouble::NoBus
        })?;
        let (_, session): (OwnedVariant, OwnedObjectPath) =
            call(&bus, ROOT, (OF_SERVICE, "OpenSession"), &("plain", Variant::from(""))).await?;
        Ok(Self { bus, session })
    }

    async fn call<B, R>(&self, path: &OwnedObjectPath, interface: &str, method: &str, body: &B) -> Result<R, Trouble>
    where
        B: Serialize + DynamicType,
        R: DeserializeOwned + Type,
    {
        call(&self.bus, path.as_str(), (interface, method), body).await
    }

    /// The entry, where it can be read without a person.
    async fn find(&self, entry: &KeyringEntry) -> Result<OwnedObjectPath, Trouble> {
        let (open, locked): (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>) =
            call(&self.bus, ROOT, (OF_SERVICE, "SearchItems"), &(attributes(entry),)).await?;
        match (open.into_iter().next(), locked.is_empty()) {
            (Some(item), _) => Ok(item),
            (None, false) => Err(Trouble::Locked),
            // A locked collection may not tell what is in it.
            (None, true) => match self.collection().await {
                Err(Trouble::Locked) => Err(Trouble::Locked),
                _ => Err(Trouble::Absent(entry.clone())),
            },
        }
    }

    /// The collection that new entries go to, where it is unlocked.
    async fn collection(&self) -> Result<OwnedObjectPath, Trouble> {
        let path: OwnedObjectPath = call(&self.bus, ROOT, (OF_SERVICE, "ReadAlias"), &("default",)).await?;
        if path.as_str() == NONE {
            return Err(Trouble::Failed("it has no default collection yet".into()));
        }
        let locked: OwnedVariant =
            call(&self.bus, path.as_str(), (PROPERTIES, "Get"), &(OF_COLLECTION, "Locked")).await?;
        match bool::try_from(locked) {
            Ok(true) => Err(Trouble::Locked),
            _ => Ok(path),
        }
    }
}

async fn call<B, R>(bus: &Connection, path: &str, what: (&str, &str), body: &B) -> Result<R, Trouble>
where
    B: Serialize + DynamicType,
    R: DeserializeOwned + Type,
{
    let path = ObjectPath::try_from(path).map_err(trouble)?;
    let (interface, method) = what;
    let answer = bus.call_method(Some(NAME), path, Some(interface), method, body).await.map_err(trouble)?;
    answer.body().deserialize().map_err(trouble)
}

fn trouble(error: impl Into<zbus::Error>) -> Trouble {
    let error = error.into();
    let text = error.to_string();
    let absent = ["ServiceUnknown", "Spawn.", "NameHasNoOwner", "NoReply"];
    if absent.iter().any(|name| text.contains(name)) {
        return Trouble::NoKeyring;
    }
    if text.contains("IsLocked") {
        return Trouble::Locked;
    }
    Trouble::Failed(text)
}
