"""Which sentence of a short passage answers a question, or that none does."""
from .common import Example, cap, render, spin

NOT = "The passage does not say."
START = "b br c ch d dr f fl g gr h j k l m n p pl r s sh st t tr v w z".split()
MIDDLE = "a e i o u ai ea io ou".split()
END = ["", "l", "n", "r", "s", "t", "k", "m", "x", "nd", "rn", "st"]


def name(r):
    return "".join(r.choice(START) + r.choice(MIDDLE) + r.choice(END) for _ in range(r.choice([2, 2, 3]))).capitalize()


def money(r):
    return r.choice("$€£") + f"{r.randint(10, 4000):,}"


# aspect: (statements, questions for training, questions for evaluation, value)
FACTS = {
    "founded": (["<s> [was founded|was started|began] in <v>", "in <v> <s> opened its doors"], ["[When|In which year] was <s> [founded|started]?", "how old is <s>?"], ["since when has <s> existed?"], lambda r: str(r.randint(1890, 2024))),
    "town": (["<s> [is based|has its office|sits] in <v>", "the head office of <s> is in <v>"], ["Where is <s> [based|located]?", "in which town is <s>?"], ["where can I find the office of <s>?"], name),
    "boss": (["<s> is [run|led|managed] by <v>", "<v> is the head of <s>"], ["Who [runs|leads|manages] <s>?", "who is the [boss|head] of <s>?"], ["who is in charge of <s>?"], name),
    "customers": (["<s> [serves|supplies|has] <v> customers", "<v> households buy from <s>"], ["How many customers does <s> [have|serve]?", "how many [households|people] buy from <s>?"], ["how large is the customer base of <s>?"], lambda r: f"{r.randint(900, 900000):,}"),
    "staff": (["<s> [employs|has a staff of] <v> people", "<v> people work for <s>"], ["How many people work for <s>?", "how many [employees|staff] does <s> have?"], ["what is the number of workers at <s>?"], lambda r: f"{r.randint(12, 9000):,}"),
    "rate": (["the [standard |base |]rate of <s> is <v> per kWh", "<s> charges <v> for each kWh"], ["What is the rate of <s>?", "how much does <s> charge per kWh?"], ["what do I pay for a kWh with <s>?"], lambda r: f"{r.uniform(6, 49):.1f} cents"),
    "green": (["<v>% of the power from <s> is renewable", "<s> gets <v>% of its power from wind and sun"], ["How much of the power from <s> is [renewable|green]?", "how [green|renewable] is <s>?"], ["what is the share of clean energy at <s>?"], lambda r: str(r.randint(1, 100))),
    "phone": (["<s> answers calls until <v> pm", "the phone line of <s> is open until <v> pm"], ["Until when does <s> answer calls?", "how late can I [call|phone] <s>?"], ["when does the hotline of <s> close?"], lambda r: str(r.randint(3, 11))),
    "bonus": (["new customers of <s> [get|receive] <v>", "<s> pays <v> to those who sign up"], ["What do new customers of <s> get?", "how high is the [bonus|sign-up bonus] of <s>?"], ["is there a welcome present from <s>?"], money),
    "price": (["<s> [costs|sells for] <v>", "the price of <s> is <v>"], ["What does <s> cost?", "how much is <s>?", "what is the price of <s>?"], ["how expensive is <s>?"], money),
    "power": (["<s> [has a power of|is rated at|draws up to] <v> kW"], ["What is the power of <s>?", "how [powerful|strong] is <s>?"], ["what is the rating in kW of <s>?"], lambda r: f"{r.uniform(.5, 20):.1f}"),
    "use": (["<s> uses <v> kWh a year", "the yearly consumption of <s> is <v> kWh"], ["How much [power|electricity] does <s> use[| a year]?", "what does <s> consume?"], ["what is the energy demand of <s>?"], lambda r: f"{r.randint(20, 4000):,}"),
    "warranty": (["the warranty of <s> [lasts|is|runs for] <v> years", "<s> comes with <v> years of warranty"], ["How long is the warranty of <s>?", "how many years of warranty does <s> have?"], ["how long is <s> guaranteed?"], lambda r: str(r.randint(2, 15))),
    "noise": (["<s> makes <v> dB of noise", "the noise level of <s> is <v> dB"], ["How [loud|noisy|quiet] is <s>?", "what is the noise level of <s>?"], ["can I hear <s> from the next room?"], lambda r: str(r.randint(18, 70))),
    "weight": (["<s> weighs <v> kg", "the weight of <s> is <v> kg"], ["How heavy is <s>?", "what does <s> weigh?"], ["how many kilos is <s>?"], lambda r: str(r.randint(1, 190))),
    "maker": (["<s> is made by <v>", "<v> builds <s>"], ["Who [makes|builds] <s>?", "who is the maker of <s>?"], ["which firm produces <s>?"], name),
    "install": (["[fitting|installing] <s> takes <v> hours", "<s> is installed in <v> hours"], ["How long does it take to [fit|install] <s>?", "how many hours does installing <s> take?"], ["how long is the installer busy with <s>?"], lambda r: str(r.randint(2, 40))),
    "grant": (["the [state|city] grant for <s> is <v>", "the [state|city] pays <v> towards <s>"], ["How [high|large] is the grant for <s>?", "what grant is there for <s>?"], ["does the government pay something towards <s>?"], money),
    "contract": (["the contract of <s> runs for <v> months", "with <s> you sign up for <v> months"], ["How long does the contract of <s> run?", "how long is the contract of <s>?"], ["for how long am I bound to <s>?"], lambda r: str(r.choice([3, 6, 12, 18, 24, 36]))),
    "fee": (["leaving <s> early costs <v>", "the exit fee of <s> is <v>"], ["What does it cost to leave <s> early?", "what is the exit fee of <s>?"], ["what do I pay if I cancel <s>?"], money),
    "notice": (["the notice period of <s> is <v> weeks", "<s> must be cancelled <v> weeks ahead"], ["What is the notice period of <s>?", "how many weeks ahead must I cancel <s>?"], ["how early do I have to give notice to <s>?"], lambda r: str(r.randint(2, 12))),
    "colour": (["<s> comes in <v>", "<s> is sold in <v>"], ["What colour is <s>?", "in which colours does <s> come?"], ["which shades of <s> are there?"], lambda r: r.choice(["red", "black and white", "grey", "blue and green", "brown", "silver"])),
    "delivery": (["<s> is delivered in <v> days", "delivery of <s> takes <v> days"], ["How long does delivery of <s> take?", "when is <s> delivered?"], ["how many days until I get <s>?"], lambda r: str(r.randint(1, 30))),
    "size": (["<s> is <v> cm [wide|high|deep]", "<s> measures <v> cm"], ["How [wide|big|large] is <s>?", "what size is <s>?"], ["how much room does <s> need?"], lambda r: str(r.randint(20, 240))),
    "payment": (["<s> [is paid|bills you] <v>", "customers of <s> get a bill <v>"], ["How often does <s> send a bill?", "how often do I pay <s>?"], ["when do I get the invoice from <s>?"], lambda r: r.choice(["every month", "once a year", "every quarter", "every two months"])),
    "taste": (["<s> tastes of <v>", "<s> has notes of <v>"], ["What does <s> taste [of|like]?", "what notes does <s> have?"], ["how is the flavour of <s>?"], lambda r: r.choice(["cocoa and plum", "lemon and honey", "nuts", "cherry and malt", "caramel"])),
    "origin": (["<s> [comes from|is grown in|is imported from] <v>"], ["Where does <s> come from?", "what is the origin of <s>?"], ["in which country is <s> grown?"], lambda r: r.choice(["Brazil", "Norway", "Vietnam", "Italy", "Ghana", "Mexico"])),
    "rating": (["<s> [got|scored|has a rating of] <v> points", "testers gave <s> <v> points"], ["How is <s> rated?", "how many points did <s> get?"], ["what score did testers give to <s>?"], lambda r: str(r.randint(50, 99)))}


def make(r, held=False):
    subjects = [name(r) for _ in range(r.choice([1, 1, 1, 2]))]
    count = r.randint(2, 7)
    pairs = r.sample([(subject, aspect) for subject in subjects for aspect in FACTS], count)
    sentences = []
    for subject, aspect in pairs:
        values = FACTS[aspect]
        sentences.append(cap(spin(r, r.choice(values[0])).replace("<s>", subject).replace("<v>", values[3](r))) + ".")
    missing = [(subject, aspect) for subject in subjects for aspect in FACTS if (subject, aspect) not in pairs]
    if r.random() < .7:
        place = r.randrange(count)
        target, answer = pairs[place], f"{{sentence_{place + 1}}}"
    else:
        near = [pair for pair in missing if any(pair[1] == other[1] for other in pairs)]
        target, answer = r.choice(near if near and r.random() < .5 else missing), NOT
    question = cap(spin(r, r.choice(FACTS[target[1]][2 if held else 1])).replace("<s>", target[0]))
    return Example("grounded_answer", render("grounded_answer", dict(sentences=sentences, question=question)), answer, dict(answer=answer))
