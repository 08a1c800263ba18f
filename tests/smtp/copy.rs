//! A copy of the engine with a desk, in this process: what it sends lands in a post box.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::Timestamp;
use precedent::deliver::{Carrier, Delivery, deliver_waiting};
use precedent::engine::{Clock, Desk, Desks, Engine, Stop};
use precedent::extract::Extractor;
use precedent::intake::RawMail;
use precedent::mail::ParseOptions;
use precedent::profile::Profile;
use precedent::reply::{Composer, GateSettings};
use precedent::store::sqlite::SqliteStore;
use precedent::store::{CaseFilter, CaseOrder, CaseRecord, OutboxRecord, Store};
use precedent::triage::{Assessor, Mode, Policy};
use tempfile::TempDir;

/// A mail on its way: to whom, and what.
pub type OnItsWay = (String, Vec<u8>);

/// Takes what a desk sends.
#[derive(Default)]
pub struct PostBox(Mutex<Vec<OnItsWay>>);

#[async_trait]
impl Carrier for PostBox {
    async fn carry(&self, record: &OutboxRecord, bytes: &[u8]) -> Delivery {
        let mail = (record.recipient.clone(), bytes.to_vec());
        self.0.lock().unwrap().push(mail);
        Delivery::Delivered {
            receipt: "250 ok".to_owned(),
        }
    }

    fn retry_days(&self) -> Option<u32> {
        Some(4)
    }

    fn name(&self) -> &'static str {
        "post"
    }
}

/// A copy of the program.
pub struct Copy {
    pub address: &'static str,
    pub engine: Engine,
    post: PostBox,
    _folder: TempDir,
}

impl Copy {
    pub async fn new(address: &'static str, gate: GateSettings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(folder.path()).await.unwrap());
        let profile = Arc::new(Profile::builtin("amazon-sp-api").unwrap().clone());
        let desk = Desk {
            name: "desk".to_owned(),
            addresses: vec![address.to_owned()],
            display_name: "Support".to_owned(),
            policy: Policy {
                mode: Mode::Send,
                requests_max: 2,
                acknowledge: true,
            },
            extractor: Extractor::new(&profile).unwrap(),
            assessor: Assessor::new(&profile).unwrap(),
            composer: Composer::new(&profile).unwrap(),
            profile,
        };
        let engine = Engine {
            key: store.secret_key().await.unwrap(),
            store,
            desks: Arc::new(Desks::new(vec![desk])),
            parse_options: Arc::new(ParseOptions {
                trusted_authserv_ids: vec!["mx.desk.example".to_owned()],
                own_addresses: vec![address.to_owned()],
            }),
            gate: Arc::new(gate),
            own_message_id_domains: Arc::new(Vec::new()),
            clock: Clock::System,
            judging: Arc::default(),
            probe: None,
            stop: Stop::default(),
        };
        Self {
            address,
            engine,
            post: PostBox::default(),
            _folder: folder,
        }
    }

    /// Takes mails in, and sends what it has to say.
    pub async fn take(&self, mails: Vec<Vec<u8>>) -> Vec<OnItsWay> {
        self.ingest(mails).await;
        self.deliver().await
    }

    /// Takes mails in.
    pub async fn ingest(&self, mails: Vec<Vec<u8>>) {
        let items = mails.into_iter().map(|bytes| Ok(raw(bytes)));
        self.engine
            .ingest(items.collect::<Vec<_>>().into_iter(), "post", Arc::new(()))
            .await
            .unwrap();
    }

    /// Sends what it has to say.
    pub async fn deliver(&self) -> Vec<OnItsWay> {
        deliver_waiting(&*self.engine.store, &self.post, Timestamp::now)
            .await
            .unwrap();
        std::mem::take(&mut *self.post.0.lock().unwrap())
    }

    /// Its cases.
    pub async fn cases(&self) -> Vec<CaseRecord> {
        let filter = CaseFilter::all(CaseOrder::Oldest);
        self.engine.store.cases(&filter).await.unwrap()
    }
}

/// A mail as a door hands it in.
pub fn raw(bytes: Vec<u8>) -> RawMail {
    RawMail {
        bytes,
        origin: "smtp".to_owned(),
        received_at: None,
        cursor: None,
        arrival: precedent::store::Arrival::default(),
    }
}
