"""Contains all the data models used in inputs/outputs"""

from .agent_list import AgentList
from .agent_view import AgentView
from .answer import Answer
from .answer_opaque import AnswerOpaque
from .artefact import Artefact
from .asking import Asking
from .backup import Backup
from .call import Call
from .call_arguments import CallArguments
from .call_input import CallInput
from .call_input_arguments import CallInputArguments
from .call_page import CallPage
from .call_view import CallView
from .call_view_arguments import CallViewArguments
from .calls import Calls
from .calls_opaque import CallsOpaque
from .calls_until_type_0 import CallsUntilType0
from .cancel_body import CancelBody
from .check import Check
from .claim_body import ClaimBody
from .claimed import Claimed
from .copied import Copied
from .count import Count
from .counted import Counted
from .create_token import CreateToken
from .decision import Decision
from .decision_until import DecisionUntil
from .delivery_page import DeliveryPage
from .delivery_view import DeliveryView
from .delivery_view_reply import DeliveryViewReply
from .delivery_view_request import DeliveryViewRequest
from .disable_body import DisableBody
from .dropped import Dropped
from .endpoint_list import EndpointList
from .endpoint_view import EndpointView
from .endpoint_view_where import EndpointViewWhere
from .erase import Erase
from .erasure import Erasure
from .event import Event
from .event_header import EventHeader
from .event_page import EventPage
from .event_payload import EventPayload
from .event_view import EventView
from .event_view_header import EventViewHeader
from .event_view_payload import EventViewPayload
from .expanded import Expanded
from .export import Export
from .exported import Exported
from .finding import Finding
from .fit import Fit
from .fitting import Fitting
from .forget import Forget
from .forgotten import Forgotten
from .fork_body import ForkBody
from .form import Form
from .form_algorithm_type_0 import FormAlgorithmType0
from .form_encoding_type_0 import FormEncodingType0
from .form_input import FormInput
from .form_input_algorithm import FormInputAlgorithm
from .form_input_encoding import FormInputEncoding
from .head import Head
from .health import Health
from .http_status import HttpStatus
from .job import Job
from .job_list import JobList
from .log_info import LogInfo
from .log_info_limits import LogInfoLimits
from .material import Material
from .material_input import MaterialInput
from .memory import Memory
from .memory_input import MemoryInput
from .memory_input_kind import MemoryInputKind
from .memory_input_meta import MemoryInputMeta
from .memory_input_origin import MemoryInputOrigin
from .memory_kind_type_0 import MemoryKindType0
from .memory_meta import MemoryMeta
from .memory_origin_type_0 import MemoryOriginType0
from .message_body import MessageBody
from .observation import Observation
from .observation_input import ObservationInput
from .observation_input_trust import ObservationInputTrust
from .observation_trust_type_0 import ObservationTrustType0
from .observe_body import ObserveBody
from .offered_agent import OfferedAgent
from .outcome import Outcome
from .pack import Pack
from .pack_context import PackContext
from .packed import Packed
from .passage import Passage
from .persona_list import PersonaList
from .plugin_list import PluginList
from .plugin_view import PluginView
from .plugin_view_provides import PluginViewProvides
from .problem import Problem
from .rebuild import Rebuild
from .recall import Recall
from .recalled import Recalled
from .recollection import Recollection
from .recollection_terms import RecollectionTerms
from .recorded import Recorded
from .register import Register
from .remember import Remember
from .remembered import Remembered
from .replay import Replay
from .replayed import Replayed
from .reply_body import ReplyBody
from .reply_body_arguments import ReplyBodyArguments
from .report import Report
from .rotate_body import RotateBody
from .rotate_token_body import RotateTokenBody
from .rule import Rule
from .rule_input import RuleInput
from .rule_input_where import RuleInputWhere
from .rule_where import RuleWhere
from .schedule_view import ScheduleView
from .schedules import Schedules
from .seal import Seal
from .sealing import Sealing
from .segment import Segment
from .selection import Selection
from .selection_kind import SelectionKind
from .set_endpoint_body import SetEndpointBody
from .set_endpoint_body_order import SetEndpointBodyOrder
from .set_endpoint_body_signing_item import SetEndpointBodySigningItem
from .set_endpoint_body_where import SetEndpointBodyWhere
from .set_persona import SetPersona
from .set_persona_body import SetPersonaBody
from .set_persona_input import SetPersonaInput
from .set_schedule_body import SetScheduleBody
from .set_source_body import SetSourceBody
from .set_source_body_unique import SetSourceBodyUnique
from .set_tenant import SetTenant
from .set_tenant_body import SetTenantBody
from .settle_body import SettleBody
from .signed_head import SignedHead
from .source import Source
from .source_list import SourceList
from .source_view import SourceView
from .speech_view import SpeechView
from .statistics import Statistics
from .status_input import StatusInput
from .status_type_0 import StatusType0
from .submit import Submit
from .submit_all import SubmitAll
from .submit_input import SubmitInput
from .submitted import Submitted
from .submitted_all import SubmittedAll
from .task_page import TaskPage
from .task_view import TaskView
from .task_view_waits import TaskViewWaits
from .tenant_list import TenantList
from .tenant_view import TenantView
from .tier_input import TierInput
from .tier_type_0 import TierType0
from .token_created import TokenCreated
from .token_list import TokenList
from .token_view import TokenView
from .tool import Tool
from .tool_input import ToolInput
from .tool_input_parameters import ToolInputParameters
from .tool_list import ToolList
from .tool_parameters import ToolParameters
from .tool_view import ToolView
from .trust_type_0 import TrustType0
from .turn import Turn
from .turn_view import TurnView
from .turns import Turns
from .unknown_action import UnknownAction
from .usage import Usage
from .usage_input import UsageInput
from .use import Use
from .used import Used
from .work import Work
from .work_arguments import WorkArguments
from .worker_list import WorkerList
from .worker_view import WorkerView

__all__ = (
    "AgentList",
    "AgentView",
    "Answer",
    "AnswerOpaque",
    "Artefact",
    "Asking",
    "Backup",
    "Call",
    "CallArguments",
    "CallInput",
    "CallInputArguments",
    "CallPage",
    "Calls",
    "CallsOpaque",
    "CallsUntilType0",
    "CallView",
    "CallViewArguments",
    "CancelBody",
    "Check",
    "ClaimBody",
    "Claimed",
    "Copied",
    "Count",
    "Counted",
    "CreateToken",
    "Decision",
    "DecisionUntil",
    "DeliveryPage",
    "DeliveryView",
    "DeliveryViewReply",
    "DeliveryViewRequest",
    "DisableBody",
    "Dropped",
    "EndpointList",
    "EndpointView",
    "EndpointViewWhere",
    "Erase",
    "Erasure",
    "Event",
    "EventHeader",
    "EventPage",
    "EventPayload",
    "EventView",
    "EventViewHeader",
    "EventViewPayload",
    "Expanded",
    "Export",
    "Exported",
    "Finding",
    "Fit",
    "Fitting",
    "Forget",
    "Forgotten",
    "ForkBody",
    "Form",
    "FormAlgorithmType0",
    "FormEncodingType0",
    "FormInput",
    "FormInputAlgorithm",
    "FormInputEncoding",
    "Head",
    "Health",
    "HttpStatus",
    "Job",
    "JobList",
    "LogInfo",
    "LogInfoLimits",
    "Material",
    "MaterialInput",
    "Memory",
    "MemoryInput",
    "MemoryInputKind",
    "MemoryInputMeta",
    "MemoryInputOrigin",
    "MemoryKindType0",
    "MemoryMeta",
    "MemoryOriginType0",
    "MessageBody",
    "Observation",
    "ObservationInput",
    "ObservationInputTrust",
    "ObservationTrustType0",
    "ObserveBody",
    "OfferedAgent",
    "Outcome",
    "Pack",
    "PackContext",
    "Packed",
    "Passage",
    "PersonaList",
    "PluginList",
    "PluginView",
    "PluginViewProvides",
    "Problem",
    "Rebuild",
    "Recall",
    "Recalled",
    "Recollection",
    "RecollectionTerms",
    "Recorded",
    "Register",
    "Remember",
    "Remembered",
    "Replay",
    "Replayed",
    "ReplyBody",
    "ReplyBodyArguments",
    "Report",
    "RotateBody",
    "RotateTokenBody",
    "Rule",
    "RuleInput",
    "RuleInputWhere",
    "RuleWhere",
    "Schedules",
    "ScheduleView",
    "Seal",
    "Sealing",
    "Segment",
    "Selection",
    "SelectionKind",
    "SetEndpointBody",
    "SetEndpointBodyOrder",
    "SetEndpointBodySigningItem",
    "SetEndpointBodyWhere",
    "SetPersona",
    "SetPersonaBody",
    "SetPersonaInput",
    "SetScheduleBody",
    "SetSourceBody",
    "SetSourceBodyUnique",
    "SetTenant",
    "SetTenantBody",
    "SettleBody",
    "SignedHead",
    "Source",
    "SourceList",
    "SourceView",
    "SpeechView",
    "Statistics",
    "StatusInput",
    "StatusType0",
    "Submit",
    "SubmitAll",
    "SubmitInput",
    "Submitted",
    "SubmittedAll",
    "TaskPage",
    "TaskView",
    "TaskViewWaits",
    "TenantList",
    "TenantView",
    "TierInput",
    "TierType0",
    "TokenCreated",
    "TokenList",
    "TokenView",
    "Tool",
    "ToolInput",
    "ToolInputParameters",
    "ToolList",
    "ToolParameters",
    "ToolView",
    "TrustType0",
    "Turn",
    "Turns",
    "TurnView",
    "UnknownAction",
    "Usage",
    "UsageInput",
    "Use",
    "Used",
    "Work",
    "WorkArguments",
    "WorkerList",
    "WorkerView",
)
