//! What English means whatever is asked about: words without weight, comparisons, negations, small talk,
//! and tasks that a list can't do.
//!
//! Phrases are written as `token.rs` folds them: lower case, without apostrophes. Words of one kind of
//! list belong to a pack's `chat.toml`.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Phrases, as they are written below: with commas between.
type List = LazyLock<Vec<&'static str>>;
type Table = LazyLock<Vec<(&'static str, Bound)>>;

fn list(text: &'static str) -> Vec<&'static str> {
    text.split(',').map(str::trim).collect()
}

fn table(groups: &[(Bound, &'static str)]) -> Vec<(&'static str, Bound)> {
    groups.iter().flat_map(|(bound, text)| list(text).into_iter().map(|phrase| (phrase, *bound))).collect()
}

/// Which side of a number is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    Below,
    AtMost,
    Above,
    AtLeast,
    Around,
    Is,
}

impl Bound {
    /// What `not` makes of it.
    pub(super) fn inverted(self) -> Self {
        match self {
            Self::Below => Self::AtLeast,
            Self::AtMost => Self::Above,
            Self::Above => Self::AtMost,
            Self::AtLeast => Self::Below,
            other => other,
        }
    }
}

/// What stands before a number.
pub(super) static COMPARATORS: Table = LazyLock::new(|| {
    table(&[
        (
            Bound::Below,
            "
            under, below, beneath, less than, lower than, fewer than, smaller than, <, not as much as",
        ),
        (
            Bound::AtMost,
            "
            at most, at the most, up to, max, max of, maximum, a maximum of, maximum of, within,
            no more than, not more than, no higher than, not higher than, no greater than,
            no larger than, no bigger than, not exceeding, not to exceed, not over, not above, ≤, < =,
            budget of, budget is, budget, ceiling of, ceiling is, ceiling, capped at, cap of, a limit of,
            limit of, limit is, can spend, to spend, can pay, can afford, i have, ive got,
            i only have",
        ),
        (
            Bound::Above,
            "
            over, above, more than, greater than, higher than, larger than, bigger than, better than,
            exceeding, beyond, >",
        ),
        (
            Bound::AtLeast,
            "
            at least, at the least, min, minimum, a minimum of, minimum of, no less than, not less than,
            no lower than, not lower than, no fewer than, not under, not below, starting at,
            starting from, ≥, > =",
        ),
        (
            Bound::Around,
            "
            around, about, roughly, approximately, approx, circa, ca, close to, near, ~",
        ),
        (
            Bound::Is,
            "
            exactly, precisely, equal to",
        ),
    ])
});

/// Of them, what says what somebody has to spend.
pub(super) static PURSES: List = LazyLock::new(|| {
    list(
        "
        budget of, budget is, budget, can spend, to spend, can pay, can afford, i have, ive got, i only have",
    )
});

/// What stands after a number.
pub(super) static POSTFIXES: Table = LazyLock::new(|| {
    table(&[
        (
            Bound::AtMost,
            "
            or less, or lower, or fewer, or under, or below, or cheaper, or shorter, or smaller,
            and less, and under, and below, max, maximum, at most, at the most, tops, budget,
            is my ceiling, is my limit, is my max, is my maximum, is my budget, is my cap, is the limit,
            is the ceiling, is the max, is the maximum, is all i have, is what i have, is the most i can spend,
            is the most i can pay",
        ),
        (
            Bound::AtLeast,
            "
            +, plus, or more, or higher, or better, or above, or over, or greater, or longer, or wider,
            or taller, or up, and up, and over, and above, and more, and higher, upwards, minimum, min,
            at least",
        ),
        (
            Bound::Around,
            "
            or so, or thereabouts, or around that, or near that, give or take",
        ),
    ])
});

/// What turns the words after it around. The strong ones also demand the absence of words that no text of
/// the list has.
pub(super) static STRONG_NEGATIONS: List = LazyLock::new(|| {
    list(
        "
        no, without, w o, non, none of, except, except for, excluding, exclude, avoid, avoiding,
        other than, anything but, everything but, anyone but, anybody but, anywhere but, any but, all but, apart from, rather than, instead of, besides,
        minus, free of, free from, lacking, skip the, leave out, nothing from, nothing with,
        allergic to, hate, dislike, cant stand, cannot stand, no more, fed up with, tired of, sick of, bored of,
        bored with, had enough of, have enough of, heard enough about, heard enough of, enough of, done with,
        not another, cant bear, cannot bear, cant drink, cant have",
    )
});
pub(super) static WEAK_NEGATIONS: List = LazyLock::new(|| {
    list(
        "
        not, isnt, arent, doesnt, dont, wasnt, never, nor, neither, nothing, cannot be, cant be,
        shouldnt, mustnt, doesnt need, does not need, dont need, not the style, not the kind, not the sort, not the type, not the one,
        not the ones, doesnt require, does not require, not only for,
        isnt only for",
    )
});

/// Words of negation that negate nothing.
pub(super) static NO_NEGATIONS: List = LazyLock::new(|| {
    list(
        "
        not only, not just, not sure, not certain, not necessarily, not bad, not really sure, no idea,
        no clue, no problem, no thanks, no thank you, no preference, no matter, no worries, no doubt,
        no one, no need, why not, if not, or not, dont mind, dont know, dont care, do not know,
        do not mind, do not care, doesnt matter, does not matter, is there no, isnt there, arent there,
        dont you have, dont you sell",
    )
});

/// Stand between a negation, or a comparison, and what it is about.
static FILLERS: List = LazyLock::new(|| {
    list(
        "
        a, an, the, any, anything, something, anyone, too, very, so, really, that, which, is, are, be,
        was, been, being, to, of, from, by, in, with, for, on, at, made, make, makes, come, comes,
        coming, came, want, wants, wanting, need, like, would, should, must, can, have, has, had,
        having, pay, paying, spend, spending, cost, costs, costing, looking, one, ones, it, its, them,
        those, these, much, many, overly, go, going, get, show, me, give, grown, roasted, designed,
        produced, sold, supplied, offered, built, all, as, only, just, even, quite, kind, sort, i, do,
        does, did",
    )
});

/// Words without weight: they say nothing about what is looked for.
static STOP: List = LazyLock::new(|| {
    list(
        "
        i, im, id, ive, ill, me, my, mine, we, us, our, you, your, he, she, his, her, they, their, who,
        whom, what, whats, which, whichever, when, where, why, how, whose, this, thats, there, theres,
        here, heres, if, then, than, because, while, about, into, and, or, but, nor, not, no, dont,
        doesnt, isnt, arent, wont, cant, cannot, could, will, shall, may, might, am, were, please, pls,
        thanks, thank, hi, hello, hey, ok, okay, yes, yeah, also, too, again, another, other, others,
        more, most, less, least, some, few, several, every, each, both, either, none, such, same, own,
        out, up, off, down, over, under, above, below, between, within, through, per, via, upto, around,
        find, search, list, tell, see, suggest, recommend, recommendation, recommendations, suggestion,
        suggestions, advise, help, choose, pick, buy, purchase, order, take, try, use, using, know,
        think, believe, guess, wish, hope, prefer, preferably, ideally, maybe, perhaps, possible,
        possibly, available, availability, interested, seeking, searching, after, thing, things, stuff,
        type, types, kinds, sorts, option, options, choice, choices, good, great, nice, decent, best,
        better, top, well, fine, perfect, ideal, favourite, favorite, right, lot, lots, bit, little,
        now, today, currently, still, already, yet, ever, never, always, usually, lets, let, everything,
        nothing, somebody, someone, person, people, way, ways, actually, basically, simply, etc, eg, ie,
        vs, versus, compare, comparison, difference, differences, show, display, without, anybody,
        whatever, instead, rather, else, sure, anyway, works, work, must, got, been, s, t, range, price,
        priced, number, count, total, first, second, third, last, sell, sells, offer, carry, stock,
        hallway, bedroom, bathroom, anywhere, enough, highest, lowest, dollars, wanna, gimme, pleased, until,
        whole, entire, overall, included",
    )
});

static STOP_SET: LazyLock<HashSet<&str>> =
    LazyLock::new(|| STOP.iter().chain(FILLERS.iter()).copied().collect());
static FILLER_SET: LazyLock<HashSet<&str>> = LazyLock::new(|| FILLERS.iter().copied().collect());

pub(super) fn is_stop(text: &str) -> bool {
    STOP_SET.contains(text)
}

pub(super) fn is_filler(text: &str) -> bool {
    FILLER_SET.contains(text)
}

/// Ordinary words that are one letter away from what lists hold: never taken for a misspelling.
pub(super) static ORDINARY: List = LazyLock::new(|| {
    list(
        "
        might, night, sight, fight, eight, tight, lights, lighter, plant, plants, plane, planet, place,
        plain, plate, play, these, there, where, house, horse, mouse, small, smell, smart, start, state,
        story, store, short, shirt, sport, white, while, whole, write, wrote, green, great, greet,
        grown, brown, brand, blend, blind, bland, stand, sound, round, found, bound, chart, chain,
        change, charge, large, later, water, latte, matter, master, fixed, mixed, price, prize, pride,
        prime, prove, person, reason, season, lesson, term, terms, team, them, then, test, text, next,
        rate, race, case, cause, chase, cheap, cheat, chess, cheese, press, dress, draw, drawn, dream,
        drama, train, brain, grain, drain, trail, trial, learn, clean, clear, close, class, glass,
        grass, cross, table, tablet, stable, cable, label, level, lever, never, river, fiver, desk,
        disk, risk, task, sofa, soda, chair, choir, power, tower, lower, flower, flow, floor, flour,
        color, colour, count, country, county, course, court, fruit, suite, quiet, quite, quick, black,
        block, blank, bank, bench, beach, teach, reach, roast, coast, toast, boost, boast, cupboard,
        board, broad, bread, break, offer, often, other, sweat, speed, speeds, factor, factors, tunnel,
        noise, produce, produces, sharp, quarter, quarters, computed, computes, media, median, closed,
        closer, closest, divided, vital, stored, margin, margins, involves, charts, buffer, counts,
        breath, marker, markers, college, magic, crude, began, setting, settings, brush, tracing,
        strand, reform, miller, waiting, stark, verbal, marks, traded, helper, supplies, summer, starts,
        brooks, carter, shorten, settle, caring, stating, reviewer, reviewers, roster, brine,
        conception, amazon, sitting, saline, naval, father, mother, rather, gather, weather, leather,
        feather, whether",
    )
});

pub(super) fn number_word(text: &str) -> Option<u32> {
    const UNITS: &[&str] = &[
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
        "twenty",
    ];
    const TENS: &[(&str, u32)] = &[
        ("thirty", 30),
        ("forty", 40),
        ("fifty", 50),
        ("sixty", 60),
        ("seventy", 70),
        ("eighty", 80),
        ("ninety", 90),
    ];
    let unit = UNITS.iter().zip(0..).find(|(word, _)| **word == text).map(|(_, value)| value);
    unit.or_else(|| TENS.iter().find(|(word, _)| *word == text).map(|(_, value)| *value))
        .or_else(|| (text == "dozen").then_some(12))
}

/// The word for a small number, as texts write it.
pub(super) fn number_name(number: u32) -> Option<&'static str> {
    const NAMES: [&str; 12] =
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    NAMES.get(usize::try_from(number).ok()?.checked_sub(1)?).copied()
}

pub(super) fn scale_word(text: &str) -> Option<u32> {
    match text {
        "hundred" => Some(100),
        "thousand" | "grand" => Some(1_000),
        "million" => Some(1_000_000),
        _ => None,
    }
}

/// The place that an ordinal stands for, counted from 0; the last one is `usize::MAX`.
pub(super) fn ordinal(text: &str) -> Option<usize> {
    match text {
        "first" | "1st" | "former" => Some(0),
        "second" | "2nd" => Some(1),
        "third" | "3rd" => Some(2),
        "fourth" | "4th" => Some(3),
        "fifth" | "5th" => Some(4),
        "sixth" | "6th" => Some(5),
        "seventh" | "7th" => Some(6),
        "eighth" | "8th" => Some(7),
        "ninth" | "9th" => Some(8),
        "tenth" | "10th" => Some(9),
        "last" | "latter" => Some(usize::MAX),
        _ => None,
    }
}

pub(super) static GREETINGS: List = LazyLock::new(|| {
    list(
        "
        hi, hello, hey, hiya, howdy, good morning, good afternoon, good evening, greetings, yo,
        hi there, hello there, hey there, how are you, how are you doing, whats up, how is it going,
        hows it going, nice to meet you",
    )
});
pub(super) static THANKS: List = LazyLock::new(|| {
    list(
        "
        thanks, thank you, thx, ty, cheers, much appreciated, great thanks, perfect, awesome, great,
        thats helpful, that helps, helpful, youre great, you are great, youre the best, you are the best,
        good job, nice one, love it, appreciate it, i appreciate it, you saved me a lot of time, saved me a lot of time, that was helpful, very helpful, well done, nice, cool, thats great,
        thats all, that is all, ok, okay, good to know, got it, that is helpful, that was very helpful",
    )
});
pub(super) static GOODBYES: List = LazyLock::new(|| {
    list(
        "
        bye, goodbye, good bye, see you, see you later, see ya, bye bye, good night, farewell,
        have a nice day, have a good day, im done, talk to you later, until next time, see you soon",
    )
});
/// Padding of small talk.
pub(super) static TALK_PADDING: List = LazyLock::new(|| {
    list(
        "
        a, lot, so, very, much, for, your, the, help, you, all, there, again, everyone, ok, okay, and,
        now, then, today, well, assistant, bot, sextant, my, friend, that, was, great, really, to, of,
        this, it, oh, ah, yes, no, right, is, i, think, sir, mate, advice, answer, information, info,
        have, one, alright, just, indeed, hmm, im, am, new, here, first, time, me, got, well, doing, be, will, ill, back",
    )
});
pub(super) static ASSISTANT: List = LazyLock::new(|| {
    list(
        "
        who are you, what are you, what can you do, what do you do, how can you help, what can i ask,
        how do you work, how does this work, are you a bot, are you a robot, are you human,
        are you an ai, are you real, are you chatgpt, what is your name, whats your name, who made you,
        who built you, which model are you, what model are you, what language model, what can you help,
        do you have feelings, tell me about yourself, what is this app, what is sextant,
        how can i use you, what do you know, introduce yourself, are you a person, do you store my data,
        are you online, are you a real person, real person or a bot, real person, a human or a bot, do you use the internet, where do your answers come from, can you help me",
    )
});

/// Wishes without anything to search for.
pub(super) static VAGUE: List = LazyLock::new(|| {
    list(
        "
        recommend something, recommend me something, suggest something, what do you recommend,
        what would you recommend, what should i buy, what should i get, what should i choose,
        what should i take, help me choose, help me decide, help me pick, help me find, surprise me,
        any ideas, any suggestions, any recommendations, something nice, something good,
        i dont know what i want, i dont know, not sure what, i need help, i need advice, gift ideas,
        what is good, whats good, what do you have, what have you got, what do you sell, what is there,
        which one should i, which should i, which is right for me, whats best for me,
        what is best for me, best for me, im looking for something, show me something, i want something,
        i need something, advise me, recommendation please, can you recommend, could you recommend,
        something special, what are my options, where do i start, where should i start,
        i want to buy something, what do you suggest, give me advice",
    )
});

/// Tasks that a list can't do, whatever they are about, where a sentence begins with them.
pub(super) static TASKS: List = LazyLock::new(|| {
    list(
        "
        write, rewrite, draft, compose, translate, paraphrase, rephrase, summarize, summarise, prove,
        solve, calculate, compute, implement, code, debug, program, develop, craft, imagine, pretend,
        act as, act like, roleplay, role play, play the role, take on the role, assume the role,
        embrace the role, embody, picture yourself, suppose, ignore, forget, disregard, override,
        reveal, print your, repeat, revise, rework, reformulate, modify, edit, amend, alter, evaluate,
        critique, analyze, analyse, extract, classify, identify, generate, create, design, construct,
        come up with, brainstorm, discuss, describe, explain, provide, read the, given that, given the,
        given a, given these, consider, sing, tell me a joke, tell me a story, tell a joke, recite,
        speak like, answer in, respond in, from now on, you are now, now you are, update your,
        share ideas, help me write, help me construct, help me code, let us play, lets play, continue,
        express, count the words, count how many times, make a poem, make up, guess, teach me, embed,
        fix, book me, book a, reserve a",
    )
});
/// Of them, those that a question about the list may begin with as well.
pub(super) static MILD_TASKS: List = LazyLock::new(|| {
    list(
        "
        describe, explain, provide, identify, consider, calculate, compute, suppose, evaluate, analyze,
        analyse, discuss, guess, forget, continue, express, develop, design, create, construct, fix,
        edit, modify, given the, given that",
    )
});

/// Words of questions that no list answers.
pub(super) static OFF_TOPIC: List = LazyLock::new(|| {
    list(
        "
        weather, forecast, temperature, poem, essay, haiku, limerick, lyrics, joke, riddle, equation,
        integral, derivative, algebra, geometry, theorem, maths, math, mathematics, homework, python,
        javascript, java, rust code, html, css, sql, algorithm, function, binary tree, regex, president,
        election, politics, political, prime minister, government, parliament, war, religion, bitcoin,
        crypto, stock market, stock price, shares, football, soccer, basketball, match score, world cup,
        movie, film, actor, song, singer, celebrity, news, capital of, population of, horoscope, zodiac,
        medical, doctor, diagnosis, symptom, lawsuit, legal advice, password, system prompt,
        your instructions, previous instructions, your prompt, jailbreak, hack, chatgpt, openai,
        elon musk, meaning of life, square root, previous response, previous answer, previous question,
        your response, json, yaml, csv, probability, remainder, blog post, email, short story,
        paragraph, sentence, sentences, bullet points, who won, who invented, when was, when did,
        what should i do, what do i do, what shall i do, how far, what time is it, what day is it, dinner",
    )
});

/// What points at records that were shown.
pub(super) static ONE_OF_THEM: List = LazyLock::new(|| {
    list(
        "
        it, that one, this one, this, that, its, is it, same one",
    )
});
pub(super) static ALL_OF_THEM: List = LazyLock::new(|| {
    list(
        "
        them, these, those, both, they, these two, those two, the two, of them, of these, of those",
    )
});

/// How a question begins or ends that goes on from the one before.
pub(super) static GOES_ON: List = LazyLock::new(|| {
    list(
        "
        and, what about, how about, but, or, only, also, instead, make it, make that, just, same but,
        the same, now, then, ok, okay, actually, even, rather, no, yes but, yes, what if",
    )
});
pub(super) static GOES_ON_AT_THE_END: List = LazyLock::new(|| {
    list(
        "
        then, instead, too, as well, though, ones, one, please",
    )
});
/// Asks for further records like those before.
pub(super) static MORE_OF_THEM: List = LazyLock::new(|| {
    list(
        "
        more, show me more, others, other options, another one, another, more options, any others,
        anything else, what else, something else, show more, more please, more like this,
        more like that, more like it, next, more of them, other ones",
    )
});
