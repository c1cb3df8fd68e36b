//! This library lets a test set the clock of a real browser while it runs, without touching the clock of the computer.
//!
//! The browser is started with this library in `LD_PRELOAD`, so it takes the place of the C library's functions that read
//! the wall clock. They return the real time plus an offset in seconds: a little-endian `i64` at the start of the file that
//! the environment variable `CLOCK_OFFSET_FILE` names, which the test overwrites. The monotonic clocks stay as they are, as
//! they do on a computer whose clock is set. It works on Linux only: other systems get an empty library.
#![allow(unsafe_code, reason = "taking the place of functions of the C library needs it")]
#![cfg(target_os = "linux")]

use std::{
    env,
    fs::File,
    os::fd::AsRawFd,
    ptr,
    sync::{
        OnceLock,
        atomic::{AtomicI64, Ordering},
    },
};

/// The number of bytes of the file that are read.
const LENGTH: usize = size_of::<i64>();

/// Maps the file into memory, so that a change is seen at once and reading costs no call of the kernel.
fn map() -> Option<&'static AtomicI64> {
    let file = File::open(env::var_os("CLOCK_OFFSET_FILE")?).ok()?;
    // SAFETY: this makes a new mapping of a file. It is checked below, and it is never unmapped.
    let address =
        unsafe { libc::mmap(ptr::null_mut(), LENGTH, libc::PROT_READ, libc::MAP_SHARED, file.as_raw_fd(), 0) };
    if address == libc::MAP_FAILED {
        return None;
    }
    // SAFETY: a mapping starts at a page, so it is aligned, and lives as long as the process.
    unsafe { address.cast::<AtomicI64>().as_ref() }
}

/// Returns the seconds by which the wall clock of this process is ahead of the computer's.
fn offset() -> i64 {
    static OFFSET: OnceLock<Option<&'static AtomicI64>> = OnceLock::new();
    OFFSET.get_or_init(map).map_or(0, |offset| i64::from_le(offset.load(Ordering::Relaxed)))
}

/// # Safety
///
/// The same as for `clock_gettime(3)`: `time` has to point to a `timespec`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clock_gettime(clock: libc::clockid_t, time: *mut libc::timespec) -> libc::c_int {
    // SAFETY: the caller's pointer goes to the kernel as it is, which checks it.
    let answer = unsafe { libc::syscall(libc::SYS_clock_gettime, clock, time) };
    if answer == 0 && matches!(clock, libc::CLOCK_REALTIME | libc::CLOCK_REALTIME_COARSE) {
        // SAFETY: the kernel has just written there.
        unsafe { (*time).tv_sec += offset() };
    }
    if answer == 0 { 0 } else { -1 }
}

/// # Safety
///
/// The same as for `gettimeofday(2)`: `time` has to be null or point to a `timeval`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gettimeofday(time: *mut libc::timeval, zone: *mut libc::c_void) -> libc::c_int {
    // SAFETY: the caller's pointers go to the kernel as they are, which checks them.
    let answer = unsafe { libc::syscall(libc::SYS_gettimeofday, time, zone) };
    if answer == 0 && !time.is_null() {
        // SAFETY: the kernel has just written there.
        unsafe { (*time).tv_sec += offset() };
    }
    if answer == 0 { 0 } else { -1 }
}

/// # Safety
///
/// The same as for `time(2)`: `seconds` has to be null or point to a `time_t`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn time(seconds: *mut libc::time_t) -> libc::time_t {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `now` is a `timespec` of ours.
    unsafe { clock_gettime(libc::CLOCK_REALTIME, &raw mut now) };
    if !seconds.is_null() {
        // SAFETY: the caller says that it points to a `time_t`.
        unsafe { *seconds = now.tv_sec };
    }
    now.tv_sec
}
