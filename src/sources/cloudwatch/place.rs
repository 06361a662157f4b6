//! Regions and what belongs to them: the part of the world they are in, its endpoints, its console; and names of things
//! (ARNs), which are only ever taken apart.
//!
//! Refuses to make an ARN: `arn:aws:` is wrong in a quarter of the world.

use url::form_urlencoded::byte_serialize;

/// Parts of AWS that know nothing of each other: the prefix of their regions, their domain, and their console.
const PARTITIONS: &[(&str, &str, Option<&str>)] = &[
    ("cn-", "amazonaws.com.cn", Some("console.amazonaws.cn")),
    ("us-gov-", "amazonaws.com", Some("console.amazonaws-us-gov.com")),
    ("us-isob-", "sc2s.sgov.gov", None),
    ("us-isof-", "csp.hci.ic.gov", None),
    ("us-iso-", "c2s.ic.gov", None),
    ("eu-isoe-", "cloud.adc-e.uk", None),
    ("eusc-", "amazonaws.eu", Some("console.amazonaws-eusc.eu")),
    ("", "amazonaws.com", Some("console.aws.amazon.com")),
];

/// A region by its name, and whether its endpoints must be those of FIPS 140.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Region {
    name: String,
    fips: bool,
}

impl Region {
    /// None where it cannot be part of a host's name.
    pub(super) fn read(name: &str) -> Option<Self> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        (!name.is_empty() && name.len() < 40 && name.chars().all(fits))
            .then(|| Self { name: name.to_owned(), fips: false })
    }

    pub(super) fn with_fips(self, fips: bool) -> Self {
        Self { fips, ..self }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.name
    }

    fn partition(&self) -> (&'static str, Option<&'static str>) {
        let found = PARTITIONS.iter().find(|(prefix, ..)| self.name.starts_with(prefix));
        found.map_or(("amazonaws.com", None), |(_, domain, console)| (*domain, *console))
    }

    /// Where a service answers. All of CloudWatch in GovCloud is held to FIPS, and has no other name for it.
    pub(super) fn endpoint(&self, service: &str) -> String {
        let is_held_anyway = service == "monitoring" && self.name.starts_with("us-gov-");
        let fips = if self.fips && !is_held_anyway { "-fips" } else { "" };
        format!("https://{service}{fips}.{}.{}", self.name, self.partition().0)
    }

    /// The page of an alarm; none where the console's address is not known.
    pub(super) fn alarm_page(&self, name: &str) -> Option<String> {
        let (console, region) = (self.partition().1?, &self.name);
        let name: String = byte_serialize(name.as_bytes()).collect::<String>().replace('+', "%20");
        Some(format!("https://{console}/cloudwatch/home?region={region}#alarmsV2:alarm/{name}"))
    }

    /// The page of a service's events.
    pub(super) fn service_page(&self, cluster: &str, service: &str) -> Option<String> {
        let (console, region) = (self.partition().1?, &self.name);
        Some(format!("https://{console}/ecs/v2/clusters/{cluster}/services/{service}/events?region={region}"))
    }
}

/// `arn:partition:service:region:account:resource`, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Arn<'a> {
    pub(super) partition: &'a str,
    pub(super) region: &'a str,
    pub(super) account: &'a str,
    pub(super) resource: &'a str,
}

impl<'a> Arn<'a> {
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let is_one = parts.next()? == "arn";
        let (partition, _service) = (parts.next()?, parts.next()?);
        let (region, account, resource) = (parts.next()?, parts.next()?, parts.next()?);
        (is_one && !partition.is_empty() && !resource.is_empty()).then_some(Self {
            partition,
            region,
            account,
            resource,
        })
    }

    /// `web` of `service/prod/web`.
    pub(super) fn last(&self) -> &'a str {
        self.resource.rsplit('/').next().unwrap_or(self.resource)
    }
}

/// The last part of an ARN, or the text where it is none.
pub(super) fn short(text: &str) -> &str {
    Arn::read(text).map_or(text, |arn| arn.last())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(name: &str) -> Region {
        Region::read(name).unwrap()
    }

    #[test]
    fn an_endpoint_is_in_the_part_of_the_world_of_its_region() {
        let at = |name: &str| region(name).endpoint("monitoring");
        assert_eq!(at("eu-central-1"), "https://monitoring.eu-central-1.amazonaws.com");
        assert_eq!(at("us-gov-west-1"), "https://monitoring.us-gov-west-1.amazonaws.com");
        assert_eq!(at("cn-north-1"), "https://monitoring.cn-north-1.amazonaws.com.cn");
        assert_eq!(at("eusc-de-east-1"), "https://monitoring.eusc-de-east-1.amazonaws.eu");
        assert_eq!(at("us-isob-east-1"), "https://monitoring.us-isob-east-1.sc2s.sgov.gov");
        assert_eq!(at("us-iso-east-1"), "https://monitoring.us-iso-east-1.c2s.ic.gov");
    }

    #[test]
    fn an_endpoint_of_fips_has_its_own_name_but_where_all_are() {
        let at = |name: &str, service| region(name).with_fips(true).endpoint(service);
        assert_eq!(at("us-east-1", "monitoring"), "https://monitoring-fips.us-east-1.amazonaws.com");
        assert_eq!(at("us-gov-west-1", "monitoring"), "https://monitoring.us-gov-west-1.amazonaws.com");
        assert_eq!(at("us-gov-west-1", "ecs"), "https://ecs-fips.us-gov-west-1.amazonaws.com");
        let signals = "https://application-signals-fips.us-east-2.amazonaws.com";
        assert_eq!(at("us-east-2", "application-signals"), signals);
    }

    #[test]
    fn a_region_is_no_way_to_another_host() {
        for wrong in ["", "evil.example/", "a b", "eu-central-1.evil", "EU"] {
            assert_eq!(Region::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_arn_is_taken_apart_wherever_it_is_from() {
        let arn = Arn::read("arn:aws-us-gov:cloudwatch:us-gov-west-1:123456789012:alarm:a:b").unwrap();
        assert_eq!((arn.partition, arn.account, arn.resource), ("aws-us-gov", "123456789012", "alarm:a:b"));
        assert_eq!(short("arn:aws:ecs:us-east-1:1:service/prod/web"), "web");
        assert_eq!(short("arn:aws:ecs:us-east-1:1:task-definition/web:12"), "web:12");
        assert_eq!(short("web"), "web");
        assert_eq!(Arn::read("arn:aws:ecs"), None);
    }

    #[test]
    fn a_page_is_that_of_the_right_console() {
        let page = region("us-gov-west-1").alarm_page("a b/ü").unwrap();
        let wanted =
            "https://console.amazonaws-us-gov.com/cloudwatch/home?region=us-gov-west-1#alarmsV2:alarm/a%20b%2F%C3%BC";
        assert_eq!(page, wanted);
        assert_eq!(region("us-iso-east-1").alarm_page("a"), None);
    }
}
