//! From where a request comes.

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};

use axum::{
    extract::{ConnectInfo, FromRef, FromRequestParts},
    http::{HeaderMap, request::Parts},
};

use crate::settings::Settings;

/// The address of the client: the connection's, or what the outermost of our own proxies saw. What a client writes
/// into `X-Forwarded-For` itself is further left and is never believed.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub IpAddr);

impl<S> FromRequestParts<S> for ClientAddress
where
    S: Send + Sync,
    Arc<Settings>: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let connected = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let hops = Arc::<Settings>::from_ref(state).proxy_hops;
        let address = forwarded(&parts.headers, hops).or(connected);
        Ok(Self(address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))))
    }
}

/// The address that the outermost of `hops` proxies has appended.
fn forwarded(headers: &HeaderMap, hops: usize) -> Option<IpAddr> {
    let position_from_right = hops.checked_sub(1)?;
    let all: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    all.iter().rev().nth(position_from_right)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([("x-forwarded-for".parse().unwrap(), value.parse().unwrap())])
    }

    #[test]
    fn what_the_client_wrote_itself_is_not_believed() {
        let spoofed = headers("1.1.1.1, 203.0.113.7");
        assert_eq!(forwarded(&spoofed, 0), None);
        assert_eq!(forwarded(&spoofed, 1), Some("203.0.113.7".parse().unwrap()));
        assert_eq!(forwarded(&headers("nonsense"), 1), None);
        assert_eq!(forwarded(&headers("203.0.113.7"), 2), None);
    }
}
