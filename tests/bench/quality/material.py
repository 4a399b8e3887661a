"""What the generated dialogues are made of: events, what is asked of them, small talk, relatives, places.

Read by ``dialogues``. All of it was written for this bench. Topics of the first half tune, those of the second half
are held out: no topic stands in both.
"""

from __future__ import annotations

from typing import NamedTuple


class Topic(NamedTuple):
    """Things that people tell. ``{v}`` is the value, ``{S}`` who told it, ``{w}`` when it was.

    ``told`` tells the value in one turn; ``lead`` and ``reply`` do it in two, the question of one speaker and the
    answer of the other, which does not name the topic. ``cheer`` is what the other one says to it: it holds the topic's
    words and no value. ``asked`` asks for the value, ``dated`` for the time, ``gathered`` for all values.
    """

    values: tuple[str, ...]
    told: tuple[str, ...]
    lead: str
    reply: tuple[str, ...]
    cheer: tuple[str, ...]
    asked: tuple[str, ...]
    dated: str
    gathered: str


TUNED = (
    Topic(
        ("a salad bowl", "two mugs", "a flower vase", "a soap dish", "a teapot"),
        ("I went to my pottery class {w} and made {v}.", "Pottery {w} was calming, I shaped {v} with my own hands!"),
        "How was pottery? What came out of the kiln?",
        ("Guess what, {v}! A bit crooked, but mine.", "It's {v}. I was so proud {w}."),
        ("Pottery must be so relaxing!", "I have never tried clay, sounds like fun."),
        ("What did {S} make in the pottery class?", "Which item did {S} create out of clay?"),
        "When did {S} attend a pottery class?",
        "What pieces of pottery has {S} made?",
    ),
    Topic(
        ("the Atlas mountains", "Lake Baikal", "the Faroe islands", "Lisbon", "the Black Forest", "Kyoto"),
        ("We got back from {v} {w}, the trip was breathtaking.", "{w} we travelled to {v} and hardly slept."),
        "Where did you end up going on holiday?",
        ("{v}! I took hundreds of photos {w}.", "We chose {v} in the end and loved each minute."),
        ("Travelling always gives me energy too.", "A trip like that stays with you for a long time."),
        ("Where did {S} go on holiday?", "Which place did {S} travel to with the family?"),
        "When did {S} come back from the trip?",
        "Which places has {S} travelled to?",
    ),
    Topic(
        ("a rescue greyhound", "a tabby kitten", "two guinea pigs", "a cockatiel", "a tortoise"),
        ("We adopted {v} {w}, the kids are over the moon.", "There's a new member of the family: {v}, adopted {w}."),
        "So did you bring an animal home from the shelter after all?",
        ("We did! It's {v}, and it rules the house already.", "Yes, {v}. Nobody got any sleep {w}."),
        ("Pets make a home so much warmer.", "Animals know exactly when you need them."),
        ("What pet did {S} adopt?", "Which animal did {S} bring home from the shelter?"),
        "When did {S} adopt a pet?",
        "What animals has {S} adopted?",
    ),
    Topic(
        ("night-shift nurse", "museum guide", "data analyst", "pastry chef", "train driver"),
        ("I started my new job as a {v} {w}.", "Big news: they hired me as a {v} {w}!"),
        "Any word about the job interview?",
        ("They took me! From now on I'm a {v}.", "I got an offer {w}: {v}. I said yes at once."),
        ("Starting a new job is scary and great.", "Work has been a lot here as well."),
        ("What is {S}'s new job?", "What position was {S} hired for?"),
        "When did {S} start the new job?",
        "Which jobs has {S} had?",
    ),
    Topic(
        ("The Lighthouse Letters", "A Field of Glass", "Seven Quiet Rivers", "The Clockmaker's Debt", "Salt Roads"),
        ('I finished reading "{v}" {w} and cried at the end.', 'The book "{v}" kept me up all night {w}.'),
        "What's on your night table these days?",
        ('It\'s "{v}", hard to put down.', '"{v}", a friend gave it to me {w}.'),
        ("A good novel is the best company.", "I should read more again."),
        ("What book did {S} read?", "Which novel did {S} finish?"),
        "When did {S} finish reading a book?",
        "What books has {S} read?",
    ),
    Topic(
        ("the ukulele", "the cello", "the hand drum", "the accordion", "the clarinet"),
        ("I have been taking lessons for {v} since {w}.", "{w} I played {v} in front of people for the first time!"),
        "Are you still into making music?",
        ("More than ever, {v} sits next to my bed.", "Yes! I switched to {v} {w}."),
        ("Music heals everything, I swear.", "I wish that I could play in a band."),
        ("Which instrument does {S} play?", "What instrument did {S} take lessons for?"),
        "When did {S} perform in front of people?",
        "What instruments does {S} play?",
    ),
    Topic(
        ("a broken wrist", "a sprained ankle", "a torn muscle", "two cracked ribs", "a concussion"),
        ("I slipped on the stairs {w} and ended up with {v}.", "The fall {w} left me with {v}, I have to rest."),
        "You look pale, what did the doctor say?",
        ("It's {v}. Six weeks without sport.", "They found {v} on the scan {w}."),
        ("Please rest, health comes first.", "Doctors keep telling us to slow down."),
        ("What injury did {S} have?", "How was {S} hurt in the fall?"),
        "When did {S} get hurt?",
        "Which injuries has {S} had?",
    ),
    Topic(
        ("lentil soup", "a walnut tart", "mushroom risotto", "a mango curry", "rye bread"),
        ("I cooked {v} for everybody {w}, no leftovers.", "{w} I baked {v} after my grandmother's recipe."),
        "What did you serve at the dinner party?",
        ("Just {v}, but they asked for the recipe.", "I made {v} {w}, it took all day."),
        ("Cooking for friends is how I relax.", "Now I am hungry, thanks a lot."),
        ("What did {S} cook for the guests?", "Which dish did {S} prepare?"),
        "When did {S} cook for everybody?",
        "What dishes has {S} cooked?",
    ),
)
"""The half that weights are tuned on."""

HELD_OUT = (
    Topic(
        ("a sunset over the bay", "an old oak", "a portrait of my aunt", "a foggy bridge", "wild poppies"),
        ("I painted {v} {w} and hung it in the hallway.", "My latest painting shows {v}, I finished it {w}."),
        "What have you been painting lately?",
        ("Right now it's {v}, in oil.", "{v}! I gave it away {w}."),
        ("Art lets you breathe, doesn't it?", "Your brush work gets better each time."),
        ("What did {S} paint?", "What is shown in {S}'s painting?"),
        "When did {S} finish a painting?",
        "What subjects has {S} painted?",
    ),
    Topic(
        ("a half marathon", "a charity swim", "a chess tournament", "a climbing contest", "a dance battle"),
        ("I took part in {v} {w} and did better than I thought.", "{w} was {v}, my first race against others."),
        "Did the competition go well?",
        ("{v} was harder than the training, but I got through {w}.", "It was {v}, I came in fourth!"),
        ("Training that hard deserves a medal.", "Competitions make me nervous already from watching."),
        ("Which competition did {S} take part in?", "What event did {S} compete in?"),
        "When did {S} take part in a competition?",
        "What competitions has {S} entered?",
    ),
    Topic(
        ("the food bank", "the animal shelter", "a homework club", "the beach clean-up", "the crisis line"),
        ("I volunteered at {v} {w}, it put things in perspective.", "{w} I helped out at {v} for the first time."),
        "You said that you wanted to give something back. Have you found a place?",
        ("I have, {v}. I go there each week now.", "Yes, I signed up with {v} {w}."),
        ("Volunteering changes how you see people.", "The town needs more people like you."),
        ("Where does {S} volunteer?", "What organisation did {S} help?"),
        "When did {S} volunteer?",
        "Where has {S} volunteered?",
    ),
    Topic(
        ("an electric bike", "a second-hand van", "a sewing machine", "a telescope", "a canoe"),
        ("I finally bought {v} {w}, after months of saving.", "Look what I treated myself to {w}: {v}!"),
        "Did you spend your bonus on something nice?",
        ("I did: {v}. No regrets!", "Yes, {v}, it was delivered {w}."),
        ("Saving up for it makes it sweeter.", "I always regret what I purchase online."),
        ("What did {S} buy?", "What did {S} spend the bonus on?"),
        "When did {S} make a big purchase?",
        "What things has {S} bought?",
    ),
    Topic(
        ("tomatoes", "lavender", "pumpkins", "a fig tree", "climbing roses"),
        ("I planted {v} behind the house {w}.", "The garden is growing, I put in {v} {w}."),
        "What's new in your garden?",
        ("{v}! The bees love it.", "I tried {v} {w}, fingers crossed."),
        ("Gardening is slow magic.", "My plants all die, tell me your secret."),
        ("What did {S} plant in the garden?", "Which plants does {S} grow?"),
        "When did {S} plant something?",
        "What has {S} planted?",
    ),
    Topic(
        ("Ukrainian", "sign language", "Catalan", "Swahili", "Welsh"),
        ("I enrolled in a course to learn {v} {w}.", "{w} I held my first conversation in {v}, badly."),
        "How is the language learning going?",
        ("Slowly, {v} has no mercy with beginners.", "I moved on to {v} {w}."),
        ("Learning keeps the brain young.", "A second language opens doors."),
        ("What language is {S} learning?", "Which language course did {S} enrol in?"),
        "When did {S} enrol in a course?",
        "Which languages has {S} studied?",
    ),
    Topic(
        ("a boiler leak", "a stolen bicycle", "a parking fine", "a dead laptop", "a power cut"),
        ("The week was ruined by {v} {w}.", "I had to deal with {v} {w}, of all things."),
        "You sounded upset on the phone. What went wrong?",
        ("It was {v}, and the insurance does not pay.", "Just {v}, {w}. I'm fine now."),
        ("Some weeks are simply cursed.", "Problems always come in threes."),
        ("What problem did {S} have?", "What trouble did {S} have to deal with?"),
        "When did {S} have trouble?",
        "What problems has {S} had?",
    ),
    Topic(
        ("the jazz quartet on the pier", "a puppet opera", "the open-air film night", "a poetry slam", "an ice show"),
        ("We saw {v} {w} and stayed until the end.", "{w} we had tickets for {v}, the crowd went wild."),
        "What did the two of you do on your evening out?",
        ("We went to {v}, I am still humming.", "{v}, it was sold out {w}."),
        ("Live shows beat any recording.", "I miss going out at night."),
        ("What show did {S} see?", "Which performance did {S} have tickets for?"),
        "When did {S} see a show?",
        "What shows has {S} seen?",
    ),
)
"""The half that is measured and never tuned on."""

KIN = ("sister", "brother", "neighbour", "boss", "cousin", "flatmate", "aunt", "coach")
KIN_NAMES = (
    "Lena", "Marek", "Yusuf", "Priya", "Tomas", "Ingrid", "Bao", "Celeste", "Dmitri", "Fatou", "Hana", "Ruben",
)  # fmt: skip
"""Names of people who are told about."""

INTRODUCED = (
    "My {kin} {name} stopped by {w}, we talked for hours.",
    "{name}, that's my {kin}, sends you greetings.",
    "I had lunch with {name}, my {kin}, {w}.",
)
DEEDS = (
    ("{name} opened {v} by the river.", ("a bakery", "a bike workshop", "a yoga studio"), "What did {S}'s {kin} open?"),
    ("{name} is moving to {v} in autumn.", ("Oslo", "Marseille", "Nairobi"), "Where is {S}'s {kin} moving to?"),
    ("{name} teaches {v} at night school.", ("physics", "ceramics", "Latin"), "What does {S}'s {kin} teach?"),
    ("{name} won {v} in a raffle!", ("a motorbike", "a cruise", "a piano"), "What did {S}'s {kin} win?"),
)
SPEAKERS = (
    ("Nora", "Omar"), ("Iris", "Paolo"), ("Greta", "Samir"), ("Wanda", "Felix"), ("Zoe", "Henrik"), ("Maya", "Luca"),
)  # fmt: skip

GREETINGS = (
    "Hey {O}! Good to hear from you. How have you been?", "Hi {O}, long time no see! What's new with you?",
    "Hello {O}! It's been a while, how is everything going?", "{O}! I was just thinking of you. How are things?",
)  # fmt: skip
SMALL_TALK = (
    "That's awesome, I'm so happy for you!", "Thanks, {O}. That means a lot to me.", "Wow, what a story!",
    "Totally agree, it's important to take time for yourself.", "Haha, that sounds just like you, {O}.",
    "I've been busy with work and the family, you know how it goes.", "What are you up to this weekend?",
    "It really helps to talk to someone who understands.", "Did you sleep well after all that?",
    "The weather has been awful here.", "How did that make you feel?", "I can't wait to see you again, {O}.",
    "My week was full of meetings and errands.", "You always know what to say.", "Do you have any plans for summer?",
    "Sometimes small steps are the best ones.", "Have you heard from the others lately?", "Tell me more about it!",
    "The kids had a great time at school this week.", "I need a new hobby, any ideas?", "We should do that together.",
    "Family support makes all the difference.", "I spent the evening on the sofa with a film and some tea.",
    "It was a fun trip down memory lane.", "I love how creative you are, {O}!", "What did you like most about it?",
)  # fmt: skip
FAREWELLS = ("Talk to you soon, {O}!", "Take care, {O}. See you next time!", "Bye {O}, have a lovely week!")
WHENS = ("yesterday", "last week", "last Friday", "two days ago", "last weekend", "this morning", "a few days ago")

NONSENSE = (
    "qwertz asdfgh zxcvb", "purple unicorns juggling quantum spaghetti", "What is it?", "the and of", "!!! ??? ...",
    "xylotomous brachistochrone fjordling", "How do I reset the carburettor of a zeppelin?", "lorem ipsum dolor amet",
)  # fmt: skip
"""Questions that no dialogue answers."""
