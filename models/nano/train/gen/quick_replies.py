"""Three short questions that the app can answer and that were not just asked."""
import json

from .common import Example, render, spin

# topic -> aspect -> (the questions that the model writes, wordings of the asked one for training, and for evaluation)
TOPICS = {
    "plan": {
        "cost": (["What does {name} cost a year?", "How much is {name} a year?"], ["[What does|How much does] {name} cost[| a year| per year| in a year]?", "how much is {name}[| a year]", "what would I pay[| a year| for it]?", "is {name} cheap?", "price of {name}", "[What is|what's] the yearly cost?"], ["and the total for twelve months with {name}?", "how expensive is it"]),
        "saving": (["How much would I save?", "What do I save with {name}?"], ["[How much|What] [do|would|can] I save[| with {name}| with it]?", "is {name} less than [I pay now|my plan]?", "what is the saving?", "does it save me [money|anything]?"], ["how much better off am I with {name}?", "would switching to {name} pay off"]),
        "rate": (["What is the rate of {name}?", "What is the rate per kWh?"], ["[What is|what's] the rate[| of {name}| per kWh]?", "how much [is|for] [a|one] kWh[|with {name}]?", "cents per kWh?", "what do I pay per [kWh|unit]?"], ["and per kilowatt hour?", "tell me the unit price of {name}"]),
        "contract": (["How long is the contract?", "How long does {name} run?"], ["how long is the contract[| of {name}]?", "how long [am I tied|does {name} run|is the term]?", "[what is|what's] the [term|contract length]?", "is there a contract?"], ["for how many months am I bound?", "when could I leave {name}"]),
        "renewable": (["How green is {name}?", "How renewable is {name}?"], ["how [green|renewable|clean] is {name}?", "is {name} [green|renewable]?", "[what is|what's] the renewable share?", "is it [wind|solar|clean] power?"], ["does the power come from wind and sun?", "how eco-friendly is {name}"]),
        "exit fee": (["Is there an exit fee?", "What does it cost to leave {name}?"], ["is there an exit fee?", "what [does it cost|do I pay] to [leave|cancel][| early| {name}]?", "can I leave [early|{name}] [for free|without a fee]?", "cancellation fee?"], ["what if I want to quit ahead of time?", "is there a penalty for leaving {name}"]),
        "supplier": (["Who is the supplier?", "Who supplies {name}?"], ["who [supplies|offers|sells|is behind] {name}?", "who is the supplier?", "which company [is it|offers {name}]?"], ["what firm is {name} from?", "whose plan is this"]),
        "terms": (["Are there special terms?", "What are the terms of {name}?"], ["are there [special terms|conditions|catches]?", "what are the [terms|conditions][| of {name}]?", "[what is|what's] the [catch|small print]?", "do I need autopay?"], ["any strings attached to {name}?", "what should I look out for"]),
        "price type": (["Is the price fixed?", "Can the price of {name} change?"], ["is the price [fixed|variable|stable]?", "can the [price|rate] [change|go up|rise][| during the term]?", "does {name} have a fixed [rate|price]?"], ["will it stay at this price?", "could {name} become dearer later"]),
        "runner-up": (["What is the runner-up?", "Which plan comes next?"], ["[what|which] is the [runner-up|second best|next plan]?", "is there an alternative[| to {name}]?", "why not another plan?", "compare {name} with the [next|second] plan"], ["what else would you suggest?", "what are other options besides {name}"])},
    "usage": {
        "total": (["How much do I use in a year?", "What is my annual use?"], ["how much [do|did] I use[| in a year| this year| in all]?", "what is my [annual|yearly|total] use?", "[total|annual] kWh?"], ["what did {name} consume altogether?", "what does my consumption add up to"]),
        "average": (["What is my monthly average?", "How much do I use a month?"], ["[what is|what's] [my|the] [monthly average|average month]?", "how much [do I use|is it] [a|per] month[| on average]?"], ["and in a normal month?", "how many kWh in a typical month"]),
        "peak": (["Which month is highest?", "When is my use highest?"], ["which month is [highest|the peak]?", "when [is|was] my [use|usage] highest?", "when do I use [the most|most]?", "peak month?"], ["in what month did I need the most power?", "what was the worst month for {name}"]),
        "low": (["Which month is lowest?", "When is my use lowest?"], ["which month is [lowest|the lowest]?", "when [is|was] my [use|usage] lowest?", "when do I use [the least|least]?"], ["in what month did I need the least power?", "what was my best month"]),
        "season": (["Which season is highest?", "Is there a season pattern?"], ["which season is highest?", "is there a [season|seasonal] pattern?", "do I use more in [winter|summer]?", "[summer|winter] or [winter|summer]?"], ["how does it differ between summer and winter?", "is it the cooling or the heating season"]),
        "trend": (["Is my use rising?", "What is the trend?"], ["is my [use|usage] [rising|falling|going up|going down]?", "what is the trend?", "do I use more than before?"], ["am I using more and more?", "in which direction is it going for {name}"]),
        "comparison": (["How do I compare with similar homes?", "Is my use above similar homes?"], ["how do I compare[| with others| with similar homes]?", "is [my use|that|this] [high|a lot|normal|above average]?", "what do similar homes use?"], ["do my neighbours need less?", "is {name} a heavy user compared with others"])},
    "product": {
        "price": (["What does {name} cost?", "How much is {name}?"], ["[what does|how much does] {name} cost?", "how much is {name}?", "price[| of {name}]?", "is {name} expensive?"], ["what would I pay for {name}?", "what's the damage"]),
        "rating": (["How is {name} rated?", "What is its rating?"], ["how is {name} rated?", "[what is|what's] [its|the] rating?", "is {name} [any good|good]?", "what do [people|reviews] say?"], ["does {name} have good reviews?", "how many points did it get"]),
        "maker": (["Who makes {name}?", "Which brand is it?"], ["who makes {name}?", "[which|what] [brand|company|maker] is [it|this|{name}]?", "who is {name} from?"], ["what firm produces {name}?", "who is the manufacturer"]),
        "origin": (["Where does {name} come from?", "What is its origin?"], ["where does {name} come from?", "where is [it|{name}] from?", "[what is|what's] [its|the] origin?", "[which|what] country?"], ["in what region was {name} made?", "tell me its home country"]),
        "details": (["What is special about {name}?", "Are there more details?"], ["tell me more[| about {name}]", "what is [special|good] about {name}?", "describe {name}", "details?"], ["what should I know about {name}?", "anything else on this one"]),
        "cheaper": (["Is there something for less?", "Which one costs less?"], ["is there [something|anything|one] [cheaper|for less]?", "[which|what] [is|costs] [cheaper|less]?", "show me cheaper ones"], ["have you got a lower priced one?", "too expensive for me, what else"]),
        "similar": (["What is similar to {name}?", "Are there others like {name}?"], ["what is similar[| to {name}]?", "[are there|any] [others|more] like [it|{name}|this]?", "show me [similar ones|alternatives]"], ["what comes close to {name}?", "do you have something of that kind"])}}
def make(r, held=False):
    topic = r.choice(list(TOPICS))
    known = TOPICS[topic]
    aspects = r.sample(list(known), r.randint(4, min(8, len(known))))
    named = topic != "usage" or r.random() < .3
    asked = r.choice(aspects) if r.random() < .8 else r.choice(list(known))
    if len([aspect for aspect in aspects if aspect != asked]) < 3:
        return make(r, held)
    said = [wording for wording in known[asked][2 if held else 1] if named or "{name}" not in wording]
    question = spin(r, r.choice(said)) if said else spin(r, known[asked][1][0])
    if r.random() < .5:
        question = question[:1].upper() + question[1:]
    if r.random() < .15:
        question = question.rstrip("?")
    prompt = render("quick_replies", dict(topic=topic, named=named, aspects=aspects, asked=question))
    questions = []
    for aspect in [aspect for aspect in aspects if aspect != asked][:3]:
        forms = sorted(known[aspect][0], key=lambda form: ("{name}" in form) != (named and not questions))
        questions.append(forms[0])
    answer = json.dumps(questions, separators=(",", ":"))
    return Example("quick_replies", prompt, answer, dict(topic=topic, aspects=[aspect for aspect in aspects if aspect != asked]))
