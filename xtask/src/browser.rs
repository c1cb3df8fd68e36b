//! This module finds the two browsers on this computer, and gets them where that is allowed.
//!
//! It never starts a browser to work with it; that is done in `tests/browser/`.

use crate::{checkout::Checkout, fault::Fault, node, process};
use clap::ValueEnum;
use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Browser {
    Chromium,
    Firefox,
}

/// This is the result of looking at a program that calls itself a browser.
#[derive(Debug, PartialEq)]
enum Fitness {
    Fits,
    TooOld,
    /// Branded Chrome and Edge no longer load an unpacked extension that a program asks them to load.
    Branded,
    /// The program does not say its version.
    Unknown,
}

impl Browser {
    pub const ALL: [Self; 2] = [Self::Chromium, Self::Firefox];

    pub fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::Chromium => "Chromium",
            Self::Firefox => "Firefox",
        }
    }

    /// Returns the environment variable that names the program to use.
    fn variable(self) -> &'static str {
        match self {
            Self::Chromium => "CHROMIUM",
            Self::Firefox => "FIREFOX",
        }
    }

    /// Returns the oldest version that is supported, as in `manifest.json`.
    fn oldest(self) -> u32 {
        match self {
            Self::Chromium => 123,
            Self::Firefox => 142,
        }
    }

    fn programs(self) -> &'static [&'static str] {
        match self {
            Self::Chromium => {
                &["chromium", "chromium-browser", "google-chrome-for-testing", "chrome", "google-chrome-stable"]
            }
            Self::Firefox => &["firefox", "firefox-esr"],
        }
    }

    fn usual_places(self) -> Vec<PathBuf> {
        let home = env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
        let places: &[&str] = match (self, env::consts::OS) {
            (Self::Chromium, "macos") => &[
                "/Applications/Chromium.app/Contents/MacOS/Chromium",
                "/Applications/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing",
            ],
            (Self::Firefox, "macos") => &["/Applications/Firefox.app/Contents/MacOS/firefox"],
            (Self::Chromium, "windows") => &[
                r"C:\Program Files\Chromium\Application\chrome.exe",
                r"C:\Program Files (x86)\Chromium\Application\chrome.exe",
            ],
            (Self::Firefox, "windows") => &[r"C:\Program Files\Mozilla Firefox\firefox.exe"],
            (Self::Chromium, _) => &["/usr/lib/chromium/chromium", "/snap/bin/chromium"],
            (Self::Firefox, _) => {
                &["/usr/lib/firefox-esr/firefox-esr", "/usr/lib/firefox/firefox", "/snap/bin/firefox"]
            }
        };
        let in_home = places.iter().filter_map(|place| place.strip_prefix('/')).map(|place| home.join(place));
        places.iter().map(PathBuf::from).chain(in_home).collect()
    }

    fn debian_package(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox-esr",
        }
    }

    /// Returns the name under which the browser downloader knows the browser.
    fn download(self) -> &'static str {
        match self {
            Self::Chromium => "chrome@stable",
            Self::Firefox => "firefox@stable",
        }
    }

    /// Returns a browser to work with: the one that the environment variable names, one that is on this computer, or
    /// one that is installed now.
    pub fn find(self, checkout: &Checkout) -> Result<PathBuf, Fault> {
        if let Some(path) = env::var_os(self.variable()).filter(|path| !path.is_empty()).map(PathBuf::from) {
            return match self.judge(&path) {
                Fitness::Fits | Fitness::Unknown if path.is_file() => Ok(path),
                fitness => Err(Fault::Missing(format!(
                    "{} names {}, which {}.",
                    self.variable(),
                    path.display(),
                    self.complaint(&fitness)
                ))),
            };
        }
        let mut refused = Vec::new();
        if let Some(path) = self.present(checkout, &mut refused) {
            return Ok(path);
        }
        eprintln!("No {} {} or later was found.", self.title(), self.oldest());
        let instead = format!("Name a browser of your own in {} to avoid this.", self.variable());
        if install_packages(&[self.debian_package()], &instead)
            && let Some(path) = self.present(checkout, &mut Vec::new())
        {
            return Ok(path);
        }
        if let Some(path) = self.fetch(checkout) {
            return Ok(path);
        }
        let refused = if refused.is_empty() { String::new() } else { format!(" ({})", refused.join("; ")) };
        Err(Fault::Missing(format!(
            "Install {} {} or later, or name its program in the environment variable {}{refused}.",
            match self {
                Self::Chromium => "Chromium or Chrome for Testing",
                Self::Firefox => "Firefox",
            },
            self.oldest(),
            self.variable(),
        )))
    }

    fn present(self, checkout: &Checkout, refused: &mut Vec<String>) -> Option<PathBuf> {
        let path = env::var_os("PATH").unwrap_or_default();
        let on_path = env::split_paths(&path)
            .flat_map(|folder| self.programs().iter().map(move |program| folder.join(program)))
            .map(|program| if cfg!(windows) { program.with_extension("exe") } else { program });
        let fetched = std::fs::read_to_string(self.fetched_note(checkout)).map(|path| PathBuf::from(path.trim()));
        on_path.chain(self.usual_places()).chain(fetched).filter(|path| path.is_file()).find(|path| {
            let fitness = self.judge(path);
            if matches!(fitness, Fitness::Fits) || (cfg!(windows) && fitness == Fitness::Unknown) {
                return true;
            }
            refused.push(format!("{} {}", path.display(), self.complaint(&fitness)));
            false
        })
    }

    fn judge(self, path: &Path) -> Fitness {
        // On Windows the browsers do not answer this question but open a window.
        if cfg!(windows) {
            return Fitness::Unknown;
        }
        process::probe(Command::new(path).arg("--version")).map_or(Fitness::Unknown, |said| self.fitness(&said))
    }

    fn fitness(self, said: &str) -> Fitness {
        let Some(major) = major(said) else { return Fitness::Unknown };
        let branded =
            said.contains("Microsoft Edge") || (said.contains("Google Chrome") && !said.contains("for Testing"));
        if branded && major >= 137 {
            return Fitness::Branded;
        }
        if major < self.oldest() { Fitness::TooOld } else { Fitness::Fits }
    }

    fn complaint(self, fitness: &Fitness) -> String {
        match fitness {
            Fitness::TooOld => format!("is older than version {}", self.oldest()),
            Fitness::Branded => "is a branded Chrome or Edge, which loads no unpacked extension for a program".into(),
            Fitness::Fits | Fitness::Unknown => "is no browser that says its version".into(),
        }
    }

    /// Brings the browser with the downloader that puppeteer-core depends on.
    fn fetch(self, checkout: &Checkout) -> Option<PathBuf> {
        node::ensure(checkout).ok()?;
        let folder = checkout.join("target/browsers");
        let said = process::capture(
            node::node(checkout)
                .arg(checkout.module("@puppeteer/browsers/lib/cjs/main-cli.js"))
                .args(["install", self.download(), "--path"])
                .arg(&folder),
        );
        let path = PathBuf::from(downloaded(&said.ok()?)?);
        let fits = path.is_file() && matches!(self.judge(&path), Fitness::Fits | Fitness::Unknown);
        // The note lets the next search find the browser without a new download.
        fits.then(|| {
            crate::checkout::write(&self.fetched_note(checkout), path.display().to_string().as_bytes()).ok()
        })??;
        Some(path)
    }

    fn fetched_note(self, checkout: &Checkout) -> PathBuf {
        checkout.join("target/browsers").join(format!("{}.path", self.name()))
    }
}

/// Installs fonts that are missing. Every script has to be rendered, not drawn as boxes, and the visual record is drawn
/// with these very fonts (tests/record/fonts.conf). It is no fault if they cannot be installed: the text is still right
/// without them.
pub fn ensure_fonts() {
    let missing = [
        ("fonts-noto-core", "/usr/share/fonts/truetype/noto/NotoSansArabic-Regular.ttf"),
        ("fonts-noto-cjk", "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
    ];
    let missing: Vec<_> = missing.iter().filter(|(_, file)| !Path::new(file).exists()).map(|(name, _)| *name).collect();
    if env::var_os("ACCESS_MEDIC_NO_FONTS").is_some_and(|value| !value.is_empty()) {
        return;
    }
    let instead = "Set ACCESS_MEDIC_NO_FONTS=1 to do without.";
    if cfg!(target_os = "linux") && !missing.is_empty() && !install_packages(&missing, instead) {
        eprintln!("Without {} some scripts may show as boxes in pictures.", missing.join(" and "));
    }
}

/// Installs packages as Debian and Ubuntu do, but only where that works without a password. It prints beforehand what
/// it will install, and `instead`, which says how to avoid that.
fn install_packages(names: &[&str], instead: &str) -> bool {
    if process::probe(Command::new("apt-get").arg("--version")).is_none() {
        return false;
    }
    let root = process::probe(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0");
    if !root && process::probe(Command::new("sudo").args(["-n", "true"])).is_none() {
        return false;
    }
    eprintln!("Installing on this computer with apt-get: {}. {instead}", names.join(", "));
    let apt = |words: &[&str]| {
        let mut command = Command::new(if root { "env" } else { "sudo" });
        if !root {
            command.args(["-n", "env"]);
        }
        command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]).args(words);
        process::run(&mut command)
    };
    // Lists of packages that are partly out of date may still be enough, so only the installation decides.
    let _ = apt(&["update"]);
    let words = ["install", "-y", "--no-install-recommends"];
    apt(&[&words, names].concat()).inspect_err(|fault| eprintln!("{fault}")).is_ok()
}

/// Returns the path that the downloader printed, as in `chrome@140.0.1 /path/to/chrome`.
fn downloaded(said: &str) -> Option<&str> {
    said.lines()
        .filter_map(|line| line.split_once(' '))
        .rfind(|(name, _)| name.contains('@'))
        .map(|(_, path)| path.trim())
}

/// Returns the major version, such as 156 of `Chromium 156.0.8078.73 built on Debian`.
fn major(said: &str) -> Option<u32> {
    said.split_whitespace().find_map(|word| word.split_once('.')?.0.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_decide() {
        let chromium = Browser::Chromium;
        assert_eq!(chromium.fitness("Chromium 156.0.8078.73 built on Debian GNU/Linux 12"), Fitness::Fits);
        assert_eq!(chromium.fitness("Chromium 122.0.1"), Fitness::TooOld);
        assert_eq!(chromium.fitness("Google Chrome 157.0.1.2"), Fitness::Branded);
        assert_eq!(chromium.fitness("Google Chrome 136.0.1.2"), Fitness::Fits);
        assert_eq!(chromium.fitness("Google Chrome for Testing 157.0.1.2"), Fitness::Fits);
        assert_eq!(chromium.fitness("Microsoft Edge 157.0.1.2"), Fitness::Branded);
        assert_eq!(Browser::Firefox.fitness("Mozilla Firefox 153.7.0esr"), Fitness::Fits);
        assert_eq!(Browser::Firefox.fitness("Mozilla Firefox 128.3.1esr"), Fitness::TooOld);
        assert_eq!(chromium.fitness("command not found"), Fitness::Unknown);
    }

    #[test]
    fn the_downloaded_path_may_hold_spaces() {
        assert_eq!(downloaded("Downloading\nchrome@157.0.1 /a b/chrome\n"), Some("/a b/chrome"));
        assert_eq!(downloaded("nothing"), None);
    }
}
