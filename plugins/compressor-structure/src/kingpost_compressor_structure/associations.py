"""Words that people use for one another: forms that no ending tells, kinds that are asked for and names that are told.

Called by ``question``. Written down by hand, for English; what is missing costs a match, never correctness.
"""

from __future__ import annotations

_IRREGULAR = """
be am is are was were been | become became | begin began begun | break broke broken | bring brought | build built |
buy bought | catch caught | choose chose chosen | come came | cost | cut | deal dealt | die died dying death | dig dug
| do did done | draw drew drawn | drink drank drunk | drive drove driven | eat ate eaten | fall fell fallen | feel
felt | feed fed | fight fought | find found | fly flew flown flight | forget forgot forgotten | freeze froze frozen |
get got gotten | give gave given gift | go went gone | grow grew grown growth | hear heard | hide hid hidden | hold
held | keep kept | know knew known | lead led | leave left | lend lent | lie lay lain | lose lost loss | make made |
mean meant | meet met | pay paid payment | ride rode ridden | ring rang rung | rise rose risen | run ran | say said |
see saw seen | seek sought | sell sold sale | send sent | shake shook | shoot shot | sing sang sung song | sink sank
sunk | sleep slept asleep | speak spoke spoken speech | spend spent | stand stood | steal stole stolen | stick stuck |
swim swam swum | swing swung | take took taken | teach taught | tear tore torn | tell told | think thought | throw
threw thrown | understand understood | wake woke awake | wear wore worn | win won winner | write wrote written | child
children | person people | man men | woman women | wife wives | life lives live alive living | foot feet | tooth teeth
| mouse mice | shelf shelves | knife knives | choose choice | decide decision | marry married marriage | advise advice
| believe belief | behave behaviour behavior | compete competition competitor | arrive arrival | succeed success
successful | strong strength | long length | high height | deep depth | fail failure | apply application applicant |
move moved moving
"""

# Those of a line may stand for one another.
_ALIKE = """
job work career profession occupation employer employed hired position
kid child son daughter baby toddler
parent mother father mom mum dad
husband wife spouse partner fiance fiancee
movie film cinema
book novel read reading
car vehicle truck van
home house flat apartment
city town place
trip travel journey vacation holiday visit
relocate move
buy purchase get
gift present
picture photo painting drawing
paint painting artwork art
doctor hospital clinic physician therapist
ill sick disease diagnosed
afraid scared fear frightened terrified
happy glad excited proud joy
sad upset cry
angry mad furious
study degree university college major school course
exercise workout gym training fitness
race marathon run
cook recipe dish bake kitchen
wed marry wedding engaged proposed
start begin open launch
stop quit give
finish complete end
big large huge
begin took signed
error fail exception crash
config configuration settings option
delete remove drop
create add new
fix repair mend solve
auth authentication login credentials
db database
timeout deadline expired
volunteer charity donate donation
company business firm shop store
money salary price cost pay euro dollar
injure injury hurt broke sprain
advise suggest recommend
kind type sort
favourite favorite love
job retire
learn teach taught showed
"""

# The first word asks for the others.
_KINDS = """
pet dog cat puppy kitten rabbit hamster parrot tortoise turtle guinea fish beagle adopted shelter
animal dog cat horse bird deer moose bear fox rabbit turtle
instrument guitar piano violin cello drum flute clarinet trumpet saxophone ukulele accordion trombone harp play
music song band concert album guitar piano violin sing instrument
sport football soccer tennis basketball hockey swim run judo fencing rowing climb yoga golf badminton
hobby paint pottery garden photography hike knit read chess dance cook collect
craft pottery knit sew wood paint weave crochet
food pizza pasta soup curry salad bread cake rice noodle cheese meat
family mother father brother sister aunt uncle cousin grandmother grandfather
relative aunt uncle cousin nephew niece grandmother grandfather
sibling brother sister
child son daughter kid baby
country france germany spain italy japan canada mexico india china brazil sweden england ireland
colour red blue green yellow black white purple orange pink brown grey teal crimson
color red blue green yellow black white purple orange pink brown gray teal crimson
season spring summer autumn winter fall
birthday born age turned
old age born year
live moved lease rent apartment house boat home
landscape sunset mountain lake harbour forest sea
gear tent bag boots helmet
document passport licence certificate visa id
team game match final goalkeeper captain coach league
position goalkeeper striker defender captain manager director
religion church mosque temple faith pray
vehicle car bike motorbike truck van bus
mental therapy therapist anxiety journal stress meditation
health doctor therapy diet weight sleep blood
allergic avoid allergy peanuts gluten lactose pollen
habit smoking drinking gambling sugar coffee
plant tomatoes flower rose basil sunflower tree seed
garden plant flower tomatoes seed herb
furniture table chair sofa desk shelf bed
clothes dress shirt jacket shoes hat coat
identity gender transgender gay lesbian woman man
relationship single married dating boyfriend girlfriend husband wife divorced breakup
"""


_LIGHT = """
add become begin bring call come feel find give go happen help hold keep know leave let look make mean need new old plan
put seem set show start take talk tell thing think time try turn use way work
"""
LIGHT = frozenset(_LIGHT.split())
"""What so many things are said with that it tells little."""


def _groups(text: str, mark: str = "\n") -> list[list[str]]:
    return [group.split() for group in text.strip().split(mark) if group.strip()]


FORMS = {form: group[0] for group in reversed(_groups(_IRREGULAR.replace("\n", " "), "|")) for form in group}
"""The first of its forms for each."""


def related() -> dict[str, set[str]]:
    """For each word those that it may be told by."""
    found: dict[str, set[str]] = {}
    for group in _groups(_ALIKE):
        for word in group:
            found.setdefault(word, set()).update(group)
    for word, *names in _groups(_KINDS):
        found.setdefault(word, set()).update(names)
    return found
