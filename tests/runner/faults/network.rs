//! Faults on the way to a PostgreSQL server, directly and behind a pooler, and signals at each question.

use std::sync::{Arc, OnceLock};

use limbec_testkit::postgres::Pooler;

use super::words::{Found, hold};
use super::{
    Act, End, FAULTS, Fault, Sandbox, Then, WORK, Work, chain, places, runs, signal, value,
};
use crate::command::Database;
use crate::runner::proxy::{Handle, Proxy, Strike, Way};
use crate::runner::{is_stress, server};

/// The way to a database.
pub(super) struct Place<'p> {
    pub(super) pooler: Option<&'p Pooler>,
    /// How long a server may take to be reached, in seconds: all patience is measured by it.
    pub(super) patience: u32,
}

/// The way in this part of the matrix, where the server is there all the time.
pub(super) fn quick(pooler: Option<&Pooler>) -> Place<'_> {
    Place {
        pooler,
        patience: 1,
    }
}

impl Place<'_> {
    /// The URL of a database there, with a password that nobody may see.
    pub(super) fn url(&self, it: &Sandbox) -> String {
        let direct = server(it).url();
        let url = match self.pooler {
            Some(pooler) => pooler.url(direct).expect("a URL"),
            None => direct.to_string(),
        };
        let url = url.replacen("postgres@", "postgres:s3cret@", 1);
        format!("{url}?connect_timeout={}", self.patience)
    }
}

/// What a fault does to a connection of a process.
pub(super) fn act(fault: &Fault, process: &Arc<OnceLock<u32>>) -> DoAct {
    let (act, process) = (fault.act, Arc::clone(process));
    Box::new(move |proxy: &Handle| match act {
        Act::Cut => Then::Cut,
        Act::CutForGood => {
            proxy.becomes(Way::Shut);
            Then::Cut
        }
        Act::BlackHole => {
            proxy.becomes(Way::Mute);
            Then::Pass
        }
        Act::Slow => {
            proxy.becomes(Way::Slow);
            Then::Pass
        }
        Act::Bytes => {
            proxy.becomes(Way::Bytes);
            Then::Pass
        }
        Act::Refuse(sql) => Then::Ask(sql),
        Act::Signal(_) | Act::Kill => signal(act, &process),
    })
}

type DoAct = Box<dyn Fn(&Handle) -> Then + Send + Sync>;

/// Strikes at a question of an upgrade from empty.
fn strike(fault: &Fault, at: usize, work: &Work, place: &Place<'_>, reference: &End) {
    let told = format!("{} at question {at} of {}", fault.name, work.name);
    let it = chain(Database::postgres(), work);
    let process = Arc::new(OnceLock::new());
    // What lasts does so from the start.
    let at = if fault.is_harmless() { 1 } else { at };
    let strike = Strike {
        counts: |_| true,
        at,
        moment: fault.moment,
        act: act(fault, &process),
    };
    let proxy = Proxy::striking(&place.url(&it), strike);
    let line = format!("limbec upgrade head --url '{}'", proxy.url);
    let outcome = runs(&it, &line, &process);
    assert!(proxy.has_struck(), "{told}");
    drop(proxy);
    if matches!(fault.act, Act::Kill) && outcome.code.is_none() {
        assert_eq!(outcome.stdout, "", "{told}");
    } else {
        is_over(&it);
        hold(&outcome, &Found::of(&it), fault.is_for_good(), &told);
    }
    if fault.is_harmless() {
        assert_eq!(outcome.code, Some(0), "{told}\n{}", outcome.stderr);
    }
    if let Act::Signal(signal) = fault.act
        && outcome.code != Some(0)
    {
        assert_eq!(outcome.code, Some(signal.exit_code()), "{told}");
        let stopped = format!("stopped by {}", signal.name());
        assert!(
            outcome.stderr.contains(&stopped),
            "{told}\n{}",
            outcome.stderr
        );
    }
    converges(&it, reference, &told);
}

/// Waits until the server has ended the sessions of a run: one that a cut connection leaves may still commit.
pub(super) fn is_over(it: &Sandbox) {
    let sessions = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                    AND pid <> pg_backend_pid() AND state <> 'idle'";
    while value(it, sessions) != "0" {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

/// The next run ends as if nothing had happened.
pub(super) fn converges(it: &Sandbox, reference: &End, told: &str) {
    is_over(it);
    // A lease that nobody could give back runs out; the test does not wait for it.
    let left = "SELECT to_regclass('limbec_lock') IS NOT NULL";
    if value(it, left) == "t" {
        it.sql("UPDATE limbec_lock SET expires_at = now() WHERE owner <> '';");
    }
    let outcome = it.run("limbec upgrade head");
    assert_eq!(outcome.code, Some(0), "{told}, then\n{}", outcome.stderr);
    assert_eq!(&End::of(it), reference, "{told}");
}

/// How many questions a run asks that nothing happens to.
pub(super) fn asked(work: &Work, place: &Place<'_>) -> usize {
    let it = chain(Database::postgres(), work);
    let proxy = Proxy::before(&place.url(&it));
    it.run(&format!("limbec upgrade head --url '{}'", proxy.url))
        .succeeds();
    proxy.asked()
}

/// All cells of a kind of work in a place, or a few.
fn matrix(work: &Work, place: &Place<'_>, first: usize) {
    let reference = End::reference(work, Database::postgres());
    let asked = asked(work, place);
    for (number, fault) in FAULTS.iter().enumerate() {
        if is_stress() {
            for at in places(asked, fault.most) {
                strike(fault, at, work, place, &reference);
            }
        } else if number % 3 == first % 3 {
            // Somewhere in the second revision and behind it.
            let at = asked / 2 + (7 * number + 3 * first) % (asked / 2);
            strike(fault, at, work, place, &reference);
        }
    }
}

macro_rules! matrix {
    ($($work:ident: $number:literal,)*) => {
        mod direct {
            use super::*;
            $(#[test]
            fn $work() {
                matrix(&WORK[$number], &quick(None), $number);
            })*
        }
        mod pooled {
            use super::*;
            $(#[test]
            fn $work() {
                let url = std::env::var(limbec_testkit::postgres::TEST_URL_VARIABLE);
                let pooler = Pooler::start(&url.expect("a server"), 8).expect("PgBouncer");
                matrix(&WORK[$number], &quick(Some(&pooler)), $number + 1);
            })*
        }
        #[test]
        fn all_work_has_its_test() {
            let names: Vec<&str> = WORK.iter().map(|it| it.name).collect();
            assert_eq!(names, [$(stringify!($work)),*]);
        }
    };
}

matrix! {
    transactional: 0,
    outside: 1,
    data: 2,
}
