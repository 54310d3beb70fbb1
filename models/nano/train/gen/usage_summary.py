"""A year of electricity use in two or three sentences."""
from .common import Example, Style, paragraph, render

SEASONS = ["highest in winter", "highest in spring", "highest in summer", "highest in autumn",
           "high in both winter and summer", "even through the year"]
TRENDS = ["rising", "falling", "stable", "rising from zero"]
STARTS = ["use", "peak", "season"]
VOICES = ["plain", "friendly", "brief"]


def facts(r):
    trend = r.choices(TRENDS, [5, 5, 5, 1])[0]
    return dict(
        whole_year=r.random() < .85, average=r.random() < .7, low=r.random() < .8, season=r.choice(SEASONS), trend=trend,
        trend_by=trend in ("rising", "falling") and r.random() < .95,
        compared=r.choices(["", "above", "below", "in line with"], [5, 2, 2, 2])[0],
        start=r.choice(STARTS), voice=r.choice(VOICES))


def write(f):
    style = Style(STARTS.index(f["start"]), VOICES.index(f["voice"]))
    brief, friendly = f["voice"] == "brief", f["voice"] == "friendly"
    period = "the year" if f["whole_year"] else "{period}"
    who = "your home" if friendly else "this home"
    use = style.pick("use", f"{who} used {{annual}} over {period}", f"over {period}, {who} used {{annual}}",
                     f"in all, {who} used {{annual}} over {period}",
                     f"use came to {{annual}} over {period}")
    average = ""
    if f["average"] and not brief:
        average = style.pick("average", ", about {average} a month", ", or {average} a month on average",
                             ", which is {average} in an average month")
    compared = {"": "", "above": "{compared} above similar homes", "below": "{compared} below similar homes",
                "in line with": "in line with similar homes"}[f["compared"]]
    peak = style.pick("peak", "use peaked in {peak_month} at {peak_kwh}", "the highest month was {peak_month} with {peak_kwh}",
                      "{peak_month} was the peak with {peak_kwh}")
    low = ""
    if f["low"] and not brief:
        low = style.pick("low", ", while {low_month} was the lowest month with {low_kwh}", " and the low was {low_month} with {low_kwh}",
                         "; the lowest month was {low_month} at {low_kwh}")
    by = " by {trend}" if f["trend_by"] else ""
    trend = style.pick("trend", f"the trend is {f['trend']}{by}", f"use is {f['trend']}{by}")
    season = style.pick("season", f"use is {f['season']}", f"your use is {f['season']}" if friendly else f"demand is {f['season']}")
    that = style.pick("that", "that is ", "this is ") + compared if compared else ""
    if f["start"] == "use":
        if brief:
            first = use + (", " + compared if compared else "")
            return paragraph([first, f"{peak}; {season}, and {trend}"])
        return paragraph([use + average, that, peak + low, style.pick("end", f"{season}, and {trend}", f"{season}; {trend}")])
    if f["start"] == "peak":
        if brief:
            return paragraph([f"{peak}; {use.removesuffix(' over ' + period) if use.startswith('in all') else use}"
                              + (", " + compared if compared else ""), f"{season}, and {trend}"])
        return paragraph([peak + low, use + average, that, style.pick("end", f"{season}, while {trend}", f"{season}, and {trend}")])
    in_season = style.pick("lead", 0, 1) == 0
    lead = season + style.pick("lead", ", with the peak in {peak_month} at {peak_kwh}", "; {peak_month} was the peak with {peak_kwh}")
    if brief:
        return paragraph([lead, use + (", " + compared if compared else "") + f"; {trend}"])
    if low and in_season:
        low = " and the low in {low_month} at {low_kwh}"
    return paragraph([lead + low, use + average, that, trend])


def expectation(f):
    must = [["{annual}"], ["{peak_month}"], ["{peak_kwh}"], [f["season"]]]
    must.append([f"{f['trend']} by {{trend}}"] if f["trend_by"] else [f["trend"]])
    must_not = [word for word in ("rising", "falling", "stable") if not f["trend"].startswith(word)]
    must_not += [word for word in ("winter", "spring", "summer", "autumn", "even through") if word not in f["season"]]
    if f["compared"]:
        must.append(["in line with similar homes"] if f["compared"] == "in line with" else [f"{{compared}} {f['compared']} similar homes"])
    else:
        must_not.append("similar homes")
    if not f["whole_year"]:
        must.append(["{period}"])
    pairs = [["{peak_month}", "{peak_kwh}"]] + ([["{low_month}", "{low_kwh}"]] if f["low"] else [])
    return dict(must=must, must_not=must_not, pairs=pairs)


def make(r, held=False):
    f = facts(r)
    return Example("usage_summary", render("usage_summary", f), write(f), expectation(f))
