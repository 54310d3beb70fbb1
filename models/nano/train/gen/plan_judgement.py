"""A plan's special terms, as suppliers write them, to the tags that they carry.

Every tag has wordings for training and others, with other words and another order, for evaluation. `NONE` holds sales talk and
negations that carry no tag; it has both parts too. All of it was written for this file.
"""
import json
import re

from .common import Example, name, render, spin
from .more_terms import HELD, HELD_NONE, MORE, MORE_NONE

MONEY = "[$4.95|$9.95|$10|$15|$25|$30|$50|$75|$100|$125|$150|$175|$200|$295|9.99 dollars|€5|€40|€120|£30|£75]"
KWH = "[500|800|999|1,000|1000|1,200|1500|2,000|2000] kWh"
MON = "[1|2|3|4|6|8|9|10|12|15|18|24|36|three|six|nine|twelve]"
HOUR = "[5 am|6 a.m.|7 AM|8 pm|9 p.m.|10 PM|11 pm|midnight|noon|4:00 PM|22:00|06:00]"
DEVICE = "[smart thermostat|thermostat|electric vehicle|EV charger|home battery|smart plug|smart device|solar inverter|connected appliance|smart meter]"

# tag -> (wordings for training, wordings for evaluation)
TAGS = {
    "fixed_price": (
        ["[Energy|Electricity] [charge|rate|price] [is|stays] [locked in|fixed|unchanged] [throughout|during] the [term|agreement|contract].", "[Pay|You pay] [the same|one] price per kWh [from start to finish|the whole time|from day one].", "We [guarantee|hold|freeze|lock] [the|your] [rate|price][| until the last day| all the way| for you].", "Lock in your [energy |electricity |]rate [today|now].",
         "[Price|Rate] [fixed|locked|guaranteed|frozen] for [the whole|the full|your entire] [term|contract].", f"[Lock in|Secure] [a|your] [low |great |steady |simple |]rate for {MON} months.",
         f"Your [energy |]rate [stays|remains] the same for [all |]{MON} months.", "A [fixed-rate|fixed rate|fixed price] [plan|product|offer|deal].", "[Stable|Predictable|Steady] [pricing|prices] [with a fixed rate|all year long|month after month].",
         f"Fixed [energy charge|energy rate|unit price] for {MON} [months|billing cycles].", "The price will not [change|rise|go up] [before the contract ends|during your term|while your contract lasts].", "[Price|Rate] [protection|security|certainty|stability] [until the end of your term|for the length of the contract|included].",
         "[No|Zero] price [changes|increases|hikes|surprises] [during the term|for the whole contract].", "Protects you [from|against] [price swings|market ups and downs|rising prices].", "[One|A single] [flat|fixed|steady] [rate|price] [around the clock|all day, every day|all year].",
         f"Price [freeze|lock] [of|for] {MON} months.", "Enjoy [the peace of mind of|] a [locked-in|fixed] [rate|price].", "Same [rate|price] every month.", "Guaranteed [rate|price] [for the term|with no increases]."],
        [f"We hold your price steady for {MON} months.", "Know what you pay per kWh from the first month to the last with our fixed plan.", "Rate security throughout your agreement.",
         "Your unit rate is locked in from day one.", f"Enjoy {MON} months of fixed, predictable energy pricing.", "Shielded from market swings: the rate is guaranteed.", "A straightforward plan with a fixed price."]),
    "variable_price": (
        ["[The price|Your rate|Rates|The energy charge] [is|are] subject to change[| monthly| with the market| after notice].", "[Fluctuates|Moves|Floats|Rises and falls] with [market conditions|the market|wholesale costs].", "[The rate|What you pay] [may be different|can differ] [next month|from bill to bill].",
         "[Variable|Floating] [rate|price] [plan|product|]", "[Price|Rate] [can|may] [change|vary] [every month|each month|from month to month|at any time|without notice].", "[Price|Rate] [follows|tracks|moves with] the [market|wholesale market|day-ahead market|exchange].",
         "[Indexed|Index-linked|Market-linked|Market-based] [price|rate|product|plan].", "Month-to-month [variable|floating] [rate|price].", "[Hourly|Real-time|Spot|Wholesale] [market |]prices[| plus a small fee| passed through].", "Your rate is [reset|adjusted|reviewed|set anew] [monthly|each month|every quarter] [by the supplier|with the market|].",
         "The [energy charge|unit price] [is tied to|depends on|goes up and down with] [a|the] [gas index|power index|market index|wholesale price].", "Dynamic [tariff|pricing|prices]."],
        ["The rate fluctuates with the wholesale market.", "A variable product: what you pay per kWh may be different next month.", "Pricing is linked to an index and moves with it.", "We pass spot prices through to you.", "Rates are subject to change monthly."]),
    "changes_later": (
        ["[Once|As soon as] [the|your] [term|contract|offer|promotion] [is over|ends|expires], [a variable|the monthly|the standard|a higher] [rate|price] applies.", "[Starter|Welcome|Opening] price [until|through] month [three|six|2|4], [higher|regular price|standard rate] [after that|later].",
         f"[Introductory|Intro|Promotional|Teaser] [rate|price|discount] for [the first|your first] {MON} months[|, then the standard rate|, standard price afterwards].", f"[Discount|Promo price|Special rate] [ends|expires|runs out] after {MON} months.", f"After [month|the first] {MON} [months |]the [price|rate] [rises|goes up|changes|moves] to [our|the] [standard|regular|default] rate.",
         f"[Then|Afterwards|After the term|When the term ends|At the end of the contract] [the plan|the rate|your plan|it] [rolls over|rolls|switches|changes|converts] to [a|our] [variable|monthly|standard|default] [rate|product|price].", f"First {MON} months at [half price|a reduced rate|a special price].", f"The [price|rate] is [held|valid|good] for {MON} months only.",
         "[Becomes|Turns] [variable|a variable plan] after the [initial|first] [period|term]."],
        [f"The welcome discount stops after month {MON}.", f"Special starter price during the initial {MON} months; regular pricing applies later.", "Once your term is over you move to our variable holdover rate.", f"Reduced price only until month {MON}, higher afterwards."]),
    "minimum_use": (
        ["[Monthly|Billing] [usage|consumption] [below|under] "+KWH+" [carries|triggers|means] a [fee|charge|penalty][| of "+MONEY+"].", "A [low usage|minimum usage] [penalty|surcharge|fee] [applies|is charged|may apply].",
         f"[A|An extra] {MONEY} [minimum usage|minimum use|low usage|low use] [fee|charge] [applies|is added|is billed] [below|under|if you use less than] {KWH}.", f"[Minimum usage fee|Minimum use charge|Low-usage charge] of {MONEY}[| per cycle| a month].", f"[If|When|Should] [your use|usage|consumption] [is below|falls below|stays under] {KWH}[, you pay|, we charge|, we bill] {MONEY} [more|extra].",
         f"[Use|You must use|Requires|Needs] at least {KWH} [a month|per month|every billing cycle][| or a fee applies| to avoid a fee| to avoid a {MONEY} charge].", f"Minimum [use|usage|consumption] {KWH}[| per month| a month].", f"[Fee|Charge|Surcharge] [for|in] months [below|under] {KWH}.", f"Less than {KWH} in a [cycle|month] costs {MONEY} extra."],
        [f"Months with consumption under {KWH} carry a {MONEY} charge.", f"A usage fee of {MONEY} is added for each cycle in which you stay below {KWH}.", f"Minimum usage charge: {MONEY} when less than {KWH} is used.", f"You need to use {KWH} or more each month, otherwise a {MONEY} fee is due."]),
    "bill_credit": (
        ["[Households|Homes] that use [more than |at least |]"+KWH+" [get|receive|earn] [a |][credit of |]"+MONEY+"[ each month| a month|].", "[Your bill drops by|Save] "+MONEY+" [when|once|as soon as] you [pass|reach|cross|use] "+KWH+".",
         f"[Get|Receive|Enjoy|Earn] [a|an] {MONEY} [bill credit|usage credit|credit] [when|if|each month] you use [at least |more than |over |]{KWH}.", f"{MONEY} [bill credit|usage credit|credit|off your bill] [at|from|above|for using|once you reach] {KWH}[| a month| or more].", f"[Use|Reach|Hit] {KWH}[| or more] [and|to] [get|earn|save|receive] {MONEY}[| off| back| in credit].",
         f"[Monthly|Automatic] [credit|usage credit|bill credit] of {MONEY} [when usage is|for usage of|for months with] [at least |over |]{KWH}.", f"[Residential |]usage credit [applied|given] [at|per cycle of] {KWH}.", f"We [credit|take] {MONEY} [to|off] your [bill|account] [in months above|for every month over] {KWH}."],
        [f"A credit of {MONEY} is applied in each cycle in which usage reaches {KWH}.", f"Cross {KWH} in a month and {MONEY} comes off your bill.", f"Bill credits of {MONEY} for households that use {KWH} and up.", f"Usage credit: {MONEY} if you consume {KWH} or more."]),
    "free_hours": (
        ["[Electricity|Power|Energy] [free of charge|at no cost|for nothing] [on weekends|at night|every evening|from "+HOUR+" until "+HOUR+"].", "[Zero|0] cents [a|per] kWh [on weekends|at night|on Sundays].",
         f"[Free|FREE] [electricity|power|energy] [from|between] {HOUR} [to|and|until] {HOUR}[| daily| every night| every day].", "[Free|FREE] [nights|weekends|nights and weekends|Sundays|Saturdays|evenings|mornings][!|.]", "[Electricity|Power] [is|costs you nothing|costs nothing] [free |][every night|on weekends|on Saturday and Sunday|after dark].",
         "[Enjoy|Get|Pick] [free|no-cost] [power|electricity|energy] [on weekends|at night|every weekend|on one day a week].", f"[Pay nothing|No energy charge|No charge for energy] [at night|on weekends|from {HOUR} to {HOUR}|on Sundays].", "Your [weekends|nights|Sundays] are [on us|free]."],
        [f"Use power free of charge each day between {HOUR} and {HOUR}.", "Weekend electricity is free with this plan.", "Zero cents per kWh during the night.", f"Free overnight power until {HOUR}.", "Every Saturday and Sunday your power is on the house."]),
    "time_of_use": (
        ["[Off-peak|Night|Weekend] [power|electricity|kWh] [is cheaper|costs less|at a reduced rate].", "[Prices|Rates] [differ|vary|change] [by hour|between day and night|by time of day|between peak and off-peak hours].", "[On-peak|Peak] hours cost more [than off-peak hours|than the rest of the day|].",
         "[Time-of-use|Time of use|Time-of-day|TOU] [plan|rate|rates|pricing|product].", f"[Lower|Cheaper|Reduced] [rate|rates|price|prices] [off-peak|at night|on weekends|from {HOUR} to {HOUR}|in off-peak hours].", f"[Higher|Peak] [rate|rates|price|prices] [from|between] {HOUR} [to|and] {HOUR}.", "[Peak and off-peak|Day and night|On-peak and off-peak] [rates|prices] [apply|differ].",
         "The [rate|price] depends on the [time of day|hour of the day|hour].", "[Shift|Move] [your |][use|usage|laundry|charging] to [the night|off-peak hours|cheap hours] and [save|pay less].", "Charge your [car|EV] [at night|overnight] [for less|at a lower rate].", "[Half-price|Discounted] [nights|weekends|evenings|off-peak hours]."],
        ["What you pay per kWh differs between peak hours and the rest of the day.", f"Save by running appliances after {HOUR} when the rate drops.", "Off-peak electricity is cheaper than on-peak electricity.", "A time-of-use tariff that rewards night owls.", "Discounted rate during off-peak times."]),
    "prepaid": (
        ["[You|Customers] [add|put|load] [money|funds|credit] [first|up front|to the account first] and [use it up|draw it down|spend it] [day by day|as you go|daily].", "[Daily|Low] balance [alerts|messages|notices][| for your prepaid account| by text].", "[Prepayment|Prepay] [meter|account|plan].",
         "[Prepaid|Pre-paid|Prepay|Pay-as-you-go|Pay as you go] [plan|electricity|power|service|product|].", "[Pay|You pay] [before|ahead of] [you use|use|using power].", "[Keep|Requires|Needs] a [positive|minimum] [balance|account balance][| of " + MONEY + "].", "[Top up|Load|Fund|Recharge] your [account|balance|meter] [online|by phone|any time|in advance|before use].",
         "[Power|Service] [is cut|stops|is disconnected] when [the|your] [balance|credit] [is used up|runs out|hits zero].", f"Starting balance of {MONEY} [required|needed].", "[Payment|Paid] in advance."],
        ["You load money first and use it up day by day.", "Prepayment meter: your credit must stay above zero.", "A pay-in-advance plan; service may end once the account is empty.", "Prepay your power and watch your daily balance."]),
    "autopay": (
        ["[You|Customers] must [agree to|accept|use|keep|be on] [automatic payments|autopay|auto pay|electronic bills|paperless communication].", "[Offer|Price|Rate] [depends on|is conditional on|assumes] [autopay|automatic payment|e-billing|paperless billing].", "[Enrollment|Enrolment] in [autopay|auto pay|e-bill|paperless billing] is [a condition|required|necessary].",
         "[Autopay|AutoPay|Auto pay|Auto-pay|Automatic payment|Direct debit] [required|is required|needed|is mandatory|must be set up].", "[Requires|Needs|You must enroll in|Must sign up for] [autopay|automatic payments|direct debit|e-bill|paperless billing|electronic billing|e-billing].", "[Paperless billing|E-bill|eBilling|Electronic billing|Paperless bills] [required|is required|is a must|needed].",
         "[Autopay|Automatic payment] and [paperless billing|e-bill|electronic billing|e-billing] [required|are required|must be active|set up required].", "[Only|Available only] with [autopay|direct debit|paperless billing|online billing].", f"[Fee|Charge] of {MONEY} [if you stop|without|when you leave|for ending] [autopay|automatic payments|paperless billing].",
         "Plan [requires|is for customers with] [paperless billing|email bills|online billing only|bank draft|card on file].", "All [bills|communication|letters] by email only."],
        ["You agree to automatic payments and electronic bills.", "Enrolment in both auto pay and e-billing is a condition of this offer.", "Must be on autopay.", "This product needs paperless communication and a card on file.", f"Stopping AutoPay costs {MONEY} per month.", "Autopay & e-bill required."]),
    "new_customers": (
        ["[Current|Existing] customers [can not|may not|do not] [enroll|join|qualify|switch to this].", "[Exclusive to|Limited to|Just for] [new|first-time] [customers|clients|households].", "[This|The] [price|plan|offer] is [not for|closed to] [our |][existing|current] customers.",
         "[New customers|New customer] only[.|!]", "[For|Only for|Available to|Open to|Offer for] new customers[| only].", "This [offer|plan|price|deal] is [for|available to|limited to|reserved for] new customers[| only| who sign up online| who enroll on this site].", "[Not|This offer is not] [available to|for|open to] [existing|current|present] customers.", "[Valid|Available] [only |]for [first-time|new] [customers|households|subscribers].",
         "You must [be new to|not be a customer of] [us|our company].", "[Only|Exclusively] for [those|people|households] [switching to us|new to us|who switch from another supplier]."],
        ["Offer only available for people who are not yet with us: new customers only.", "Existing customers are not eligible for this product.", "Limited to new residential customers.", "Only new customers may enroll."]),
    "device": (
        ["[Eligible|Qualifying] [homes|customers] [have|own|use] [a|an] "+DEVICE+".", "[You must|Must|You have to] [enroll|enrol|register|connect|install] [a|an|your] [eligible |]"+DEVICE+"[| within 30 days].", "[Made|Only] for [owners|drivers|users] of [a|an] "+DEVICE+".",
         f"[Requires|Needs|You need] [a|an|one] [qualifying |connected |compatible |]{DEVICE}.", f"[Connected |Compatible |Qualifying |]{DEVICE} [required|needed|is required].", f"[Connect|Link|Pair] your {DEVICE} [to our app|with our app|to qualify|to get this rate].", f"Only for [homes|customers|households] with [a|an] {DEVICE}.", f"[App|Our app] [required|is needed][.|to use this plan.]",
         f"[Customer|You] must [own|have|install] [a|an] {DEVICE}.", f"Without a connected {DEVICE} the [default|standard] rate applies."],
        [f"This plan is meant for owners of a {DEVICE}; proof is required.", f"A {DEVICE} must be connected, see the terms of service.", f"Eligibility: a working {DEVICE}."]),
    "extra_purchase": (
        ["[You|Customers] [buy|must buy|pay for] [a|the] [starter kit|bundle|membership|club card|service package] [first|to join|at sign-up][| for "+MONEY+"].", "[Enrollment|Enrolling|Joining|Sign-up] [costs|requires a payment of|means paying] "+MONEY+".",
         f"[A|One] [deposit|set-up fee|setup fee|enrollment fee|sign-up fee|activation fee] of {MONEY}[| applies| is required| is due].", f"[Requires|Needs] [a |the ][purchase|membership|subscription|deposit][| of " + MONEY + "].", f"[A|One] [one-time|single] [purchase|payment] of {MONEY} is [required|needed] [to enroll|to join|to start].", f"{MONEY} [set-up|setup|activation|joining|enrollment] [fee|charge|payment][| required| to enroll].",
         "[Bundle|Membership|Club membership|Maintenance package|Equipment purchase] [required|must be bought|is compulsory].", f"[Security deposit|Deposit] [may apply|required|of {MONEY}]."],
        [f"To join you buy a starter kit for {MONEY}.", f"A paid membership ({MONEY}) is needed for this rate.", f"Enrolling requires a setup purchase of {MONEY}.", f"There is an activation cost of {MONEY}.", "Deposit needed before service starts."]),
    "base_fee": (
        ["[Each|Every] [bill|month|cycle] [includes|has|carries] a [base charge|base fee|fixed fee|service charge] of "+MONEY+".", "[Subscription|Flat fee|Customer fee] [of|:] "+MONEY+" [a month|per month|per cycle|monthly].",
         f"[Monthly|A monthly] [base charge|base fee|service fee|customer charge|subscription fee] [of|is] {MONEY}.", f"{MONEY} [base charge|base fee|customer charge|service charge] [per month|a month|each billing cycle|monthly].", f"[Base charge|Base fee|Fixed fee|Standing charge|Daily charge|Service fee] [of|:] {MONEY}[| a month| per month| applies].",
         f"[Plus|Includes] [a|an] {MONEY} [monthly|fixed] [fee|charge].", f"[You pay|We charge] [a |][flat |fixed |]{MONEY} [a|per|every] month [besides|on top of|plus] the energy [you use|charge].", "A [base|monthly service|monthly] [charge|fee] applies."],
        [f"The energy rate comes on top of a fixed monthly charge of {MONEY}.", f"Each bill includes a base fee ({MONEY}).", f"Customer fee: {MONEY} per cycle.", f"Monthly base charge {MONEY}."]),
    "exit_fee": (
        ["[You|Customers] [owe|pay|are billed] "+MONEY+" [if they|if you|when you] [leave|cancel|move away|switch] [before the end|during the term|early].", "[Ending|Breaking] the [contract|agreement] [early|ahead of time] [costs|is charged with|means a fee of] "+MONEY+".",
         f"[Early termination fee|Cancellation fee|Exit fee|Termination fee|Early exit fee|Leaving fee] [of|:|is] {MONEY}[| applies].", f"{MONEY} [early termination fee|cancellation fee|exit fee|termination charge].", f"[If you|Should you|When you] [cancel|leave|switch|quit] [early|before the term ends|before the end], [you pay|we charge|there is a charge of|you will be charged] {MONEY}.", f"[Leaving|Cancelling|Quitting] early costs {MONEY}[| per remaining month].",
         f"[Early termination|Early cancellation] fee [applies|will apply].", f"{MONEY} for each [remaining month|month left] [if you cancel|when you leave early]."],
        [f"You will owe {MONEY} if you move to another supplier during the term.", f"A termination fee ({MONEY}) is due on early cancellation.", "An early termination fee applies."]),
    "free_exit": (
        ["[Walk away|Leave|Cancel|Go] [without|with no] [penalty|fee|charge|cost][| any time| whenever it suits you].", "[There is|There are|We charge|You pay] no [fee|fees|charge|penalty] [for|when] [leaving|cancelling|quitting][| early].", "[Monthly|Month to month|Month-to-month][,|:| and] [no strings attached|commitment free|no commitment].",
         "[No|Zero|Without] [cancellation fee|exit fee|early termination fee|termination fee|exit fees|cancellation fees].", "[Cancel|Leave|Quit|Switch] [any time|anytime|whenever you like|at any time][| for free| without a fee| at no cost| free of charge].", f"[{MON} day|30-day|60 day|90-day|14-day] [satisfaction guarantee|happiness guarantee|money-back guarantee|free trial|right to cancel][: leave for free|].",
         "[No contract|No contracts|No commitment|No lock-in][.|!| required.]", "[Try it|Satisfaction guaranteed]: [leave|cancel|switch] [free|without a penalty] [in|within] the first [30|60|90] days.", "You are free to [leave|go|cancel] [at any time|any day|whenever you want]."],
        ["Not happy? Walk away within the first 60 days and pay nothing.", "You can end this plan whenever it suits you, at no charge.", "There are no fees for leaving early.", "Month by month and commitment free."]),
    "bonus": (
        ["[We|They] [send|give|mail] you a "+MONEY+" [gift|card|voucher|present|prepaid card][| for joining| after two bills].", "[Comes with|Plus|With] [a free|complimentary] [gift|device cover|warranty|streaming pass|home checkup].", "[Spend|Use] your [monthly |][rewards|reward dollars|points] [at|in] [local shops|restaurants|our shop].",
         f"[Get|Receive|Earn|Enjoy] [a|an|your] {MONEY} [gift card|welcome bonus|sign-up bonus|cash back|reward|account credit|voucher][| when you sign up| after three months].", f"[Welcome|Sign-up|New customer|Loyalty] [bonus|credit|gift|reward] [of|worth] {MONEY}.", "[Free|Complimentary] [smart thermostat|LED bulbs|doorbell|home check|tree|coffee maker|movie tickets|pet care|roadside assistance|streaming for a year][| included| with this plan].",
         f"{MONEY} [off|credit on] your first bill.", "[Earn|Collect|Get] [reward points|airline miles|rewards|cash rewards|loyalty points|points] [every month|with each bill|on your bill].", f"[First month|One month|Last month] [free|on us].", f"[Refer a friend|Bring a friend] and [get|earn] {MONEY}.", "Includes [free |][home repair cover|an appliance warranty|a pet check-up|device protection]."],
        [f"Sign up this week and we send you a {MONEY} prepaid card.", f"Thank-you present worth {MONEY} for joining.", "Comes with complimentary appliance cover.", f"Rewards worth {MONEY} each month to spend at local shops.", f"A {MONEY} credit on your opening bill."]),
    "green": (
        ["[Power|Electricity|Energy] [without|free of] [carbon|coal|fossil fuel].", "[We|Our plan] [buy|uses|supplies|offsets with] [only |100% |][wind|solar|renewable|green] [power|energy|sources].", "[An|Your] [eco-friendly|environmentally friendly|earth-friendly|green] [plan|choice|product].",
         "[100%|100 %|Fully|All|Completely] [renewable|green|clean|wind|solar] [power|energy|electricity|plan][.|!]", "[100%|Entirely] [from|powered by|made from|backed by] [wind|solar|wind and sun|hydro power|renewable sources|local wind].", "[Clean|Green|Renewable|Climate-neutral|Carbon-free|Wind|Solar] [energy|power|electricity] [for your home|included|at a fair price|every hour].", "[Every kWh|All your power|Your electricity] [is|comes from] [renewable|green sources|wind and solar farms|clean sources|renewable sources].",
         "[Matched|Covered] with renewable energy [certificates|credits].", "[Good|Better|Kind] [for|to] the [planet|climate]: [green|renewable] [power|energy]."],
        ["Power your home with the sun and the wind, all of it renewable.", "An eco-friendly plan on clean electricity.", "We buy 100% renewable energy for each unit you use.", "Go green with carbon-free power.", "100% clean renewable energy."]),
}

# No tag: sales talk, service, and negations of what carries one.
NONE = (
    ["[Call|Phone] [us|our team] [at|on] 1-800-[555-0100|555-0142|555-0199] [to sign up|today|for details][.|!]", "[Friendly|Award-winning|Local|24/7|Helpful] customer [service|care|support][.| seven days a week.| around the clock.]", "See [the|our] [facts label|terms of service|fact sheet|website] for [details|more|all fees].", "[Sign up|Enroll|Switch|Join] [today|online|now|in minutes][.|!]",
     "[No|Zero] [minimum usage|minimum use|low usage|usage] [fee|fees|charge|requirement][.|!]", "[No|Zero] [base charge|base fee|monthly fee|monthly charges|service fee][.|!]", "[No|Without] [hidden|surprise|extra] [fees|charges|costs][.|!| and no gimmicks.]", "[No|Without] [deposit|credit check|set-up fee][.| needed.| required.]", "[Autopay|Automatic payment|Paperless billing|E-bill|Electronic billing] [is |][available|optional|possible|if you like][.|]",
     "[Delivery|Grid|Transmission and distribution] charges are [passed through|billed] [at cost|without markup].", "[Easy|Simple|Convenient] online account [access|management].", "[For|Available to] new and [returning|existing|current] customers[| alike].", "[Simple|Straightforward|Honest|Clear|Transparent] [plans|pricing|bills][.| you can trust.| for busy families.]", "[Promo|Promotion] code [SAVE|HELLO|SUN|ZAP][1|22|47|].", "Average price [shown |]includes delivery.",
     "[State-wide|Family-owned|Award-winning|Community] [company|supplier|provider].", "[Pay|Payment] by [card|bank|cheque|phone] without a fee.", "Weekly [usage|use] [email|report|summary].", "[Our|The] [most popular|best-selling|favourite] plan.", "Not [valid|combinable] with other [offers|promotions].", "[Made|Built|Designed] for [small homes|large homes|apartments|families|renters].", "[Three-month|Six-month|12-month|24 month] [term|term length|contract][.|]", "Bill in [Spanish or English|two languages].",
     "[With|Has|Comes with|Enjoy|] no [base charge|minimum use fee|minimum usage fee|deposit|hidden fee|monthly fee|low-usage charge], no [base charges|minimum use fees|usage requirement|set-up fee|credit check] [and|or] no [gimmicks|payment fees|surprises|membership|monthly charges][.|!]", "[Never|You never] [pay|worry about] a [minimum usage fee|base charge|monthly service fee|low usage charge].",
     "[Cheerful|Simple|Honest|Reliable] [energy|power|electricity] from <n> [Energy|Power|Electric], the [company|supplier] [that listens|you can count on|your neighbours trust|for busy people].", "[Welcome to|Choose|Discover|At] <n> [Energy|Power|Electric][!|, the better choice.| we care about you.]", "<n> [Basic|Choice|Flex|Saver|Home] [from|by] <n> [Energy|Power].",
     "[Ask about|Mention] our [online|website|special] [rates|prices].", "Please [refer to|read|see] the [electricity facts label|price sheet|terms] for [additional details|details|more information].", "[Satisfied|Happy] customers [since|for] [1998|2004|over ten years].", "[Pay|View|Manage] your bill [online|in our app|by text message].", "[Low|Competitive|Great|Affordable] [rates|prices] [every day|for your family|you will like|for smart shoppers].",
     "[Contact|Email|Write to] [us|support|our team] [for all inquiries|any time|with questions].", "[Autopay|Auto pay] may be set up [online|later|in your account].", "Customer service Mon-Fri 8 am to [5|6] pm."],
    ["We answer the phone day and night.", "There is no minimum usage charge on this plan.", "You will not pay any base fee.", "You may set up autopay in your account if you wish.", "Offered to both new and current customers.", "Honest energy from people who care.", "Ask for promo code BRIGHT7 when you call.", "Visit the website to see all our plans.", "Charges from the local utility are passed on unchanged.", "No gimmicks and no minimum use.", "Zero base charges, zero minimum use charges and zero gimmicks.", "Power for the people of this city from <n> Electric, a supplier with a heart.", "Manage everything from your phone.", "Open to everybody, old and new customers."])

for _tag, _wordings in MORE.items():
    TAGS[_tag] = (TAGS[_tag][0] + _wordings, TAGS[_tag][1] + HELD[_tag])
NONE = (NONE[0] + MORE_NONE, NONE[1] + HELD_NONE)
DROPPED = ("fixed_price", "variable_price", "green")   # columns of a plan say these; in the terms they are sales talk
TAGS_READ = [tag for tag in TAGS if tag not in DROPPED]
KNOWN = [*TAGS_READ, "none"]

BREAKS = re.compile(r"[|•;*\n]|:::|\s[-–—/]\s|[!?]+|\.+(?=\s+[^a-z\s]|\s*$)")
NUMBER = re.compile(r"\d[\d.,:]*\d|\d")


def clauses(text, limit=120):
    """Special terms as the model reads them: one sentence a clause, lower case, each number as # (0 stays). The app has the same."""
    parts = (" ".join(part.split()).strip(" ,.-").lower() for part in BREAKS.split(text))
    return [NUMBER.sub(lambda number: "0" if number.group() == "0" else "#", part)[:limit].strip() for part in parts if part]


LEAD = ["please note: ", "with this plan, ", "good news: ", "important: ", "at <n> energy, ", "for texas homes: ", "note that ", "on this plan, ", "plan details: ", "also, ", "plus ", "remember: "]
TAIL = [" with <n>", " for this plan", ", see the facts label", " from <n> energy", " in your area", ", terms apply", " as stated in the contract", ", ask us for details", " on every <n> plan", " - call now", " at <n>"]


def clause(r, tag, held):
    """A clause in the words of the app's splitting, and its label."""
    pool = NONE if tag == "none" else TAGS[tag]
    while True:
        text = spin(r, r.choice(pool[int(held)]))
        parts = clauses(text)
        if len(parts) != 1:
            continue
        text = parts[0]
        if not held:
            if r.random() < .12:
                text = r.choice(LEAD) + text
            if r.random() < .15:
                text += r.choice(TAIL)
        while "<n>" in text:
            text = text.replace("<n>", name(r).lower(), 1)
        return text[:120].strip()


def make(r, held=False):
    tag = r.choice(TAGS_READ) if r.random() < (.66 if held else .5) else "none" if r.random() < .75 else r.choice(DROPPED)
    tags = [] if tag in (*DROPPED, "none") else [tag]
    prompt = render("plan_judgement", dict(clause=clause(r, tag, held)))
    return Example("plan_judgement", prompt, json.dumps(dict(tags=tags), separators=(",", ":")), dict(tags=tags, kind=tags[0] if tags else "none"))
