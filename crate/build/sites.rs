//! This module reads and checks `catalog/sites.toml`, which says whose sites are whose. The core, the checks and `cargo xtask
//! build` make their lists of it, so that no list is written twice.

use serde::{Deserialize, Serialize};
use std::{fs, path::Path};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sites {
    /// Registrable domains of OpenAI's.
    pub ours: Vec<String>,
    pub checks: Checks,
    pub passed: Vec<Passed>,
}

/// The hosts that the checks ask.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checks {
    /// Hosts that answer a trace.
    pub traced: Vec<String>,
    /// Hosts that are only asked whether they answer at all.
    pub silent: Vec<String>,
    /// Address of the summary of incidents.
    pub incidents: String,
}

/// Pages of others that a sign-in passes.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Passed {
    pub schemes: Vec<String>,
    pub hosts: Vec<String>,
    /// An empty list stands for the port that belongs to the scheme.
    #[serde(default)]
    pub ports: Vec<String>,
    /// The paths, in which `*` stands for anything.
    pub paths: Vec<String>,
}

/// Reads the file. A complaint names what is wrong, and the caller names the file.
pub fn read(file: &Path) -> Result<Sites, String> {
    let text = fs::read_to_string(file).map_err(|fault| fault.to_string())?;
    let sites: Sites = toml::from_str(&text).map_err(|fault| fault.to_string())?;
    let Checks { traced, silent, incidents } = &sites.checks;
    let ours = |host: &str| {
        sites
            .ours
            .iter()
            .any(|domain| host.strip_suffix(domain).is_some_and(|sub| sub.is_empty() || sub.ends_with('.')))
    };
    if let Some(host) = traced.iter().find(|host| !ours(host)) {
        return Err(format!("`{host}` is traced and not OpenAI's: only OpenAI's hosts are read"));
    }
    if let Some(host) = silent.iter().find(|host| ours(host)) {
        return Err(format!("`{host}` is OpenAI's, so it can be traced"));
    }
    if !incidents.strip_prefix("https://").and_then(|rest| rest.split('/').next()).is_some_and(ours) {
        return Err(format!("`{incidents}` is no address of OpenAI's"));
    }
    for Passed { schemes, hosts, ports, paths } in &sites.passed {
        if let Some(scheme) = schemes.iter().find(|scheme| !["http", "https"].contains(&scheme.as_str())) {
            return Err(format!("`{scheme}` is neither http nor https"));
        }
        if let Some(host) = hosts.iter().find(|host| ours(host) || host.contains(['*', '/', ':', '@'])) {
            return Err(format!("`{host}` is no host of somebody else's"));
        }
        if let Some(port) = ports.iter().find(|port| port.parse::<u16>().is_err()) {
            return Err(format!("`{port}` is no port"));
        }
        if let Some(path) = paths.iter().find(|path| !path.starts_with('/') || *path == "/*") {
            return Err(format!("`{path}` is no path, or every path of its host"));
        }
        if schemes.is_empty() || hosts.is_empty() || paths.is_empty() {
            return Err("a page that a sign-in passes has schemes, hosts and paths".into());
        }
    }
    Ok(sites)
}
