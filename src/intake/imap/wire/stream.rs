//! The connection's bytes: plain, protected, compressed.

use std::io;
use std::sync::Arc;

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;

/// Bytes asked of the system at once.
const READ_BYTES: usize = 64 * 1024;

/// What a connection is made of.
trait Bytes: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Bytes for T {}

/// Both directions of RFC 4978, raw deflate.
struct Deflate {
    inflate: Decompress,
    deflate: Compress,
    /// Read and not yet unpacked.
    packed: Vec<u8>,
}

/// A connection.
pub struct Stream {
    inner: Box<dyn Bytes>,
    deflate: Option<Box<Deflate>>,
}

impl Stream {
    /// A connection in clear text.
    pub fn plain(tcp: TcpStream) -> Self {
        Self {
            inner: Box::new(tcp),
            deflate: None,
        }
    }

    /// The same protected from here on.
    pub async fn protect(
        self,
        configuration: Arc<ClientConfig>,
        server: ServerName<'static>,
    ) -> io::Result<Self> {
        let connector = TlsConnector::from(configuration);
        Ok(Self {
            inner: Box::new(connector.connect(server, self.inner).await?),
            deflate: None,
        })
    }

    /// From here on compressed. `read` was read already.
    pub fn compress(&mut self, read: Vec<u8>) {
        self.deflate = Some(Box::new(Deflate {
            inflate: Decompress::new(false),
            deflate: Compress::new(Compression::fast(), false),
            packed: read,
        }));
    }

    /// Writes everything.
    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.deflate {
            None => self.inner.write_all(bytes).await?,
            Some(deflate) => {
                let mut out = Vec::with_capacity(bytes.len() + 64);
                let before = deflate.deflate.total_in();
                loop {
                    out.reserve(1024);
                    let consumed =
                        usize::try_from(deflate.deflate.total_in() - before).unwrap_or(bytes.len());
                    deflate
                        .deflate
                        .compress_vec(&bytes[consumed..], &mut out, FlushCompress::Sync)
                        .map_err(io::Error::other)?;
                    // Everything is out once the compressor leaves room.
                    if out.len() < out.capacity() {
                        break;
                    }
                }
                self.inner.write_all(&out).await?;
            }
        }
        self.inner.flush().await
    }

    /// Reads some bytes to the end of `buffer`; 0 at the end of the connection.
    pub async fn read(&mut self, buffer: &mut Vec<u8>) -> io::Result<usize> {
        let Some(deflate) = &mut self.deflate else {
            buffer.reserve(READ_BYTES);
            return self.inner.read_buf(buffer).await;
        };
        loop {
            buffer.reserve(READ_BYTES);
            let length = buffer.len();
            let before = deflate.inflate.total_in();
            let status = deflate
                .inflate
                .decompress_vec(&deflate.packed, buffer, FlushDecompress::Sync)
                .map_err(io::Error::other)?;
            let consumed =
                usize::try_from(deflate.inflate.total_in() - before).unwrap_or(usize::MAX);
            deflate.packed.drain(..consumed.min(deflate.packed.len()));
            if buffer.len() > length {
                return Ok(buffer.len() - length);
            }
            if status == Status::StreamEnd {
                return Ok(0);
            }
            deflate.packed.reserve(READ_BYTES);
            if self.inner.read_buf(&mut deflate.packed).await? == 0 {
                return Ok(0);
            }
        }
    }
}
