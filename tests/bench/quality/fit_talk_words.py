"""The words that dialogues are made of. Called by ``fit_talk``.

A fact and its questions share as little as people's do: "we adopted a beagle" answers "what pet does she have".
"""

from __future__ import annotations

# A slot, and what may fill it.
_SLOTS = """
noun: kettle, ladder, window, bridge, market, letter, jacket, bicycle, printer, river, corner, lamp, drawer, ticket,
  basket, curtain, engine, blanket, fountain, museum, platform, picnic, stairs, carpet, mirror, whistle, suitcase,
  parcel, bakery, tram, puzzle, candle, calendar, harbour, forest, balcony, festival, exhibition, library, notebook,
  recipe, umbrella, microphone, telescope
adj: quiet, loud, heavy, lovely, strange, narrow, bright, clumsy, gentle, rusty, crowded, hopeless, cheerful, endless,
  ordinary, slippery, dusty, generous, stubborn, fragile, peaceful, expensive, tiny, enormous
act: sorting photographs, repairing the fence, waiting for the bus, talking to strangers, carrying boxes, watching
  birds, drinking far too much tea, arguing about maps, folding laundry, walking along the canal, listening to the
  radio, cleaning windows, looking for my keys, queueing at the post office, writing lists, feeding ducks, baking for
  nobody, standing in the rain, learning new words, polishing shoes
name: Lotte, Amara, Wim, Sunniva, Pavel, Ines, Rafael, Yuki, Dara, Eamon
town: Lisbon, Gdansk, Bergen, Ghent, Porto, Trieste, Tartu, Graz, Cork, Malmo
pet: beagle, tabby kitten, cockatiel, rabbit, greyhound, hamster, tortoise
sport: bouldering, fencing, rowing, judo, badminton, archery, orienteering
dish: lentil curry, mushroom risotto, plum cake, ramen, goulash, paella, sourdough
thing: accordion, cello, ukulele, clarinet, trombone, violin, drum kit
job: nurse, surveyor, pastry chef, translator, welder, archivist, paramedic
subject: marine biology, architecture, law, statistics, nursing, philosophy
book: The Dispossessed, Middlemarch, Stoner, Piranesi, Beloved, Solaris
film: Stalker, Paddington, Amelie, Alien, Spirited Away, Casablanca
month: in January, in March, in June, last August, in October, two weeks ago, last Friday
number: 3, 7, 12, 19, 45, 60, 120
colour: teal, crimson, mustard, olive, violet, ivory
food: peanuts, shellfish, gluten, strawberries, penicillin
plant: tomatoes, dahlias, basil, sunflowers, pumpkins, lavender
"""

# What is said, and below it the questions that it answers.
_FACTS = """
We adopted a {pet} from the shelter {month}, she answers to {name}.
  What pet does {me} have?
  When did {me} get a pet?
I signed up for {sport} classes with my cousin {name}.
  Which sport does {me} practise?
  Who takes classes with {me}?
I got the offer from the hospital, so from next month I'll be a {job} there.
  What is {me}'s new job?
  Where does {me} work?
My sister {name} tied the knot in {town} {month}.
  When did {me}'s sister get married?
  Where was the wedding of {me}'s sister?
We are moving to {town} once the lease runs out.
  Which city is {me} relocating to?
  Where is {me} going to live?
My grandmother taught me how to make {dish} when I was {number}.
  Who showed {me} how to cook?
  What did {me} learn from her grandmother?
I finished reading {book} on the train, cried at the end.
  What book did {me} finish?
  What made {me} cry?
The doctor said I must stay away from {food} from now on.
  What is {me} allergic to?
  What should {me} avoid eating?
I've been playing the {thing} since I was {number}, though only for myself.
  What instrument does {me} play?
  How long has {me} been making music?
I ran the half marathon {month} and came in {number}th.
  What race did {me} take part in?
  How did {me} do in the race?
{name} and I painted the kitchen {colour} over the weekend.
  What colour is {me}'s kitchen?
  Who helped {me} paint?
My brother enrolled at the university to study {subject}.
  What is {me}'s brother studying?
  What field is {me}'s brother in?
The car broke down near {town}, the repair cost me {number}0 euros.
  Where did {me}'s car break down?
  How much did the repair cost {me}?
I planted {plant} behind the shed, they are for the neighbours.
  What does {me} grow in the garden?
  For whom did {me} plant something?
We watched {film} in the open air cinema with {name}.
  Which movie did {me} see?
  Who went to the cinema with {me}?
I broke my wrist while skating {month}.
  What injury did {me} have?
  When was {me} injured?
I volunteer at the food bank on {number} Mondays a year.
  What charity work does {me} do?
  How often does {me} volunteer?
My daughter {name} won the first prize at the science fair {month}.
  What did {me}'s child win?
  When was the science fair of {me}'s daughter?
I sold my old motorbike to a man from {town}.
  What did {me} sell?
  Who bought {me}'s motorbike?
I'm saving up for a trip to {town}, I want to go there by boat.
  Where does {me} want to travel?
  How does {me} plan to get there?
My dad used to be a {job} before he retired.
  What was the profession of {me}'s father?
  What did {me}'s father do for a living?
I quit smoking {month}, and I don't miss it.
  What habit did {me} give up?
  When did {me} stop smoking?
They named the baby {name}, after our aunt in {town}.
  What is the name of the baby in {me}'s family?
  After whom was the baby named?
I lost my passport at the airport in {town} and slept on a bench.
  Where did {me} lose a document?
  What happened to {me} at the airport?
I've started a pottery course, the first mug came out {colour}.
  What craft has {me} taken up?
  What was the first thing {me} made in the course?
{name} proposed to me on the ferry {month}!
  Who proposed to {me}?
  When did {me} get engaged?
My therapist suggested keeping a journal, I write every evening.
  What was {me} advised to do?
  What does {me} do in the evening for mental health?
Our choir gives a concert in the {town} cathedral {month}.
  Where does {me}'s choir perform?
  When is {me}'s concert?
I adopted the motto of my late uncle: never lend what you need.
  What is {me}'s motto?
  Whose motto does {me} follow?
I bought a {colour} necklace for {name}, it was made in {town}.
  What present did {me} buy?
  Where does the necklace come from?
The landlord raised the rent by {number} percent.
  By how much did {me}'s rent go up?
  What did {me}'s landlord do?
I dropped out of {subject} because the labs made me ill.
  Why did {me} leave university?
  What did {me} study before?
Our team lost the final by {number} points, I was the goalkeeper.
  What position does {me} play?
  How did {me}'s team do in the final?
We saw a moose by the lake when we camped near {town}.
  What animal did {me} see while camping?
  Where did {me} go camping?
My podcast about {subject} got {number}00 listeners.
  What is {me}'s podcast about?
  How many people listen to {me}'s podcast?
I'm scared of lifts ever since the power cut {month}.
  What is {me} afraid of?
  Why is {me} afraid of lifts?
{name} from work lent me a tent and two sleeping bags.
  Who lent {me} camping gear?
  What did {me} borrow?
I painted a sunset over the harbour of {town} in oils.
  What did {me} paint?
  Which landscape did {me} make a picture of?
The bakery I opened with {name} has {number} tables now.
  What business does {me} run?
  Who is {me}'s business partner?
I gave up my flat and live on a boat in {town}.
  What kind of home does {me} have?
  Where does {me} live now?
"""

_REPLIES = """
Wow, {me}, really? How do you feel about it?
Oh no way! Tell me everything when we meet.
That's big. I had no idea you were thinking about that.
Good for you! You deserve it after the year you had.
Ha, I would never dare. What did the others say?
I'm glad you told me, {me}. Let me know if you need anything.
"""

_STATEMENT = """
The weather has been all over the place, so I stayed in with a blanket and some tea.
Work has been busy again and I hardly get to eat lunch before the next meeting starts.
I keep telling myself to sleep more, and then it is one in the morning again.
The trams were on strike, so I walked half of the way and enjoyed it more than I thought.
Sometimes I think that small steps are all that matters in the end.
I've been cleaning out the cellar and found things that I had forgotten about.
It helps me to talk about this, thank you for listening so patiently.
The neighbours are renovating, and the noise begins at seven sharp.
I made a list of everything that I want to do, and it is far too long.
Yesterday I just sat on the balcony and did nothing at all for two hours.
We really should plan something for the holidays before everybody else has.
My phone is acting up, so sorry when I answer late these days.
"""

_VARIED = """
The {noun} next to the {noun} looked so {adj} that I had to laugh.
I spent the morning {act} and the afternoon {act}.
People keep asking me about the {adj} {noun}, and I never know what to say.
{act} is what keeps me sane, believe it or not.
There was a {adj} {noun} in front of the {noun}, you would have liked it.
I wonder whether a {noun} can be too {adj}.
Somebody left a {noun} in the hall, a {adj} one.
After {act} I was too tired for the {noun}.
It's the {adj} days that I remember, {act} and so on.
My plan is a {adj} week, with some {act} and no {noun} at all.
"""

_QUESTION = """
How have you been since we last spoke?
What about you, anything planned for the weekend?
How is the family doing, everybody healthy?
Did you sleep any better this week?
Are you still thinking about that course you mentioned?
What do you do when you need a break from it all?
Have you heard from the others lately, {you}?
Isn't it strange how quickly this year goes by?
"""

_REACTION = """
That sounds wonderful, {you}!
Ha, I know that feeling.
Oh, I'm sorry to hear that.
Totally agree with you.
Thanks, {you}, that means a lot to me.
You always know what to say.
Wow, that's impressive!
Keep me posted, will you?
I hope so too.
It really is.
"""

_DISTRACTOR = """
Pets must be such good company when one lives alone, like {act} or a {adj} {noun}.
I should do more sport, my back keeps telling me so, and then there is the {adj} {noun}.
A new job is always exciting, and a bit frightening too, says {name}, who was {act}.
Weddings make me cry every time, even those in movies, like {act} or a {adj} {noun}.
Cooking for many people is something I never learned properly, and then there is the {adj} {noun}.
I love a good book on a rainy day, it hardly matters which, says {name}, who was {act}.
Music gets me through the week, especially in the car, like {act} or a {adj} {noun}.
Travelling broadens the mind, people say, but it empties the purse, and then there is the {adj} {noun}.
Children grow up so quickly, it feels like yesterday, says {name}, who was {act}.
The garden needs a lot of work before anything will grow there, like {act} or a {adj} {noun}.
Going to the cinema has become so expensive, and then there is the {adj} {noun}.
Painting is so calming, I should take it up again some time, says {name}, who was {act}.
Studying while working is hard, I admire everybody who does it, like {act} or a {adj} {noun}.
A trip to the sea would do us all good, and then there is the {adj} {noun}.
Volunteering gives back more than it takes, I believe, says {name}, who was {act}.
I'd love to see the mountains again, with snow and all, like {act} or a {adj} {noun}.
Family is complicated, but one has only one of them, and then there is the {adj} {noun}.
Winning isn't everything, but losing all the time is no fun either, says {name}, who was {act}.
"""


def _lines(text: str) -> list[str]:
    return text.strip().splitlines()


def _facts() -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []
    for line in _lines(_FACTS):
        if line.startswith("  "):
            found[-1][1].append(line.strip())
        else:
            found.append((line, []))
    return found


def _slots() -> dict[str, list[str]]:
    joined = _SLOTS.strip().replace("\n  ", " ")
    return {name: words.split(", ") for name, _, words in (line.partition(": ") for line in _lines(joined))}


SLOTS = _slots()
FACTS = _facts()
REPLIES = _lines(_REPLIES)
OPENINGS = ["", "By the way,", "So, news:", "Oh, and", "Guess what.", "You know what?", "Anyway,"]
CHATTER = {
    "statement": _lines(_STATEMENT),
    "varied": _lines(_VARIED),
    "question": _lines(_QUESTION),
    "reaction": _lines(_REACTION),
    "distractor": _lines(_DISTRACTOR),
}
