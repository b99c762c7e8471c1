"""Ways by which whoever holds a policy could gain more privileges than the policy names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aioprowler.judging.policies import Policy

# What the holder could do, and the actions that it takes: each the least set that opens the way, for a superset adds
# nothing. Collected by Rhino Security Labs ("AWS Privilege Escalation Methods and Mitigation"), Bishop Fox ("Privilege
# Escalation in AWS"), BeyondTrust (AgentCore) and DataDog's pathfinding.cloud, the catalogue Prowler draws on too.
# CodeStar is left out: AWS ended it in 2024.
_TABLE: Final = {
    # Permissions are changed at their source.
    "add users to a group": "iam:AddUserToGroup",
    "attach a policy to a group": "iam:AttachGroupPolicy",
    "attach a policy to a role": "iam:AttachRolePolicy",
    "attach a policy to a user": "iam:AttachUserPolicy",
    "write a policy into a group": "iam:PutGroupPolicy",
    "write a policy into a role": "iam:PutRolePolicy",
    "write a policy into a user": "iam:PutUserPolicy",
    "rewrite a managed policy": "iam:CreatePolicyVersion",
    "go back to a wider version of a policy": "iam:SetDefaultPolicyVersion",
    "take a user's permissions boundary away": "iam:DeleteUserPermissionsBoundary",
    "take a role's permissions boundary away": "iam:DeleteRolePermissionsBoundary sts:AssumeRole",
    "attach a policy to a permission set": "sso:AttachManagedPolicyToPermissionSet",
    "write a policy into a permission set": "sso:PutInlinePolicyToPermissionSet",
    # Somebody else's identity is taken.
    "make access keys for another user": "iam:CreateAccessKey",
    "give another user a password": "iam:CreateLoginProfile",
    "change another user's password": "iam:UpdateLoginProfile",
    "let itself into a role": "iam:UpdateAssumeRolePolicy",
    # What runs under a role already is made to do something else.
    "change an App Runner service": "apprunner:UpdateService",
    "submit a Batch job": "batch:SubmitJob",
    "run commands in an AgentCore runtime": "bedrock-agentcore:InvokeAgentRuntimeCommand",
    "run code in an AgentCore code interpreter": (
        "bedrock-agentcore:InvokeCodeInterpreter bedrock-agentcore:StartCodeInterpreterSession"
    ),
    "steer an AgentCore browser": (
        "bedrock-agentcore:ConnectBrowserAutomationStream bedrock-agentcore:StartBrowserSession"
    ),
    "update a CloudFormation stack": "cloudformation:UpdateStack",
    "apply a change set to a CloudFormation stack": "cloudformation:CreateChangeSet cloudformation:ExecuteChangeSet",
    "start a CodeBuild build": "codebuild:StartBuild",
    "start a CodeBuild batch build": "codebuild:StartBuildBatch",
    "deploy with CodeDeploy": (
        "codedeploy:CreateDeployment codedeploy:GetDeploymentConfig codedeploy:RegisterApplicationRevision"
    ),
    "change a launch template": "ec2:CreateLaunchTemplateVersion ec2:ModifyLaunchTemplate",
    "change what an EC2 instance does at start": ("ec2:ModifyInstanceAttribute ec2:StartInstances ec2:StopInstances"),
    "enter an EC2 instance with a key of its own": "ec2-instance-connect:SendSSHPublicKey ec2:DescribeInstances",
    "enter an ECS task": "ecs:DescribeTasks ecs:ExecuteCommand",
    "enter a Glue development endpoint": "glue:UpdateDevEndpoint",
    "change a Lambda function's code": "lambda:UpdateFunctionCode",
    "change a Lambda function's configuration": "lambda:UpdateFunctionConfiguration",
    "open a SageMaker notebook": "sagemaker:CreatePresignedNotebookInstanceUrl",
    "change what a SageMaker notebook does at start": (
        "sagemaker:CreateNotebookInstanceLifecycleConfig sagemaker:StartNotebookInstance "
        "sagemaker:StopNotebookInstance sagemaker:UpdateNotebookInstance"
    ),
    "run commands with Systems Manager": "ssm:SendCommand",
    "open a session with Systems Manager": "ssm:StartSession",
    "change a Step Functions state machine": "states:StartExecution states:UpdateStateMachine",
    # Something new is made to run under a mightier role.
    "pass a role to an App Runner service": "iam:PassRole apprunner:CreateService",
    "pass a role to a new Auto Scaling group": (
        "iam:PassRole autoscaling:CreateAutoScalingGroup autoscaling:CreateLaunchConfiguration"
    ),
    "pass a role to an Auto Scaling group": (
        "iam:PassRole autoscaling:CreateLaunchConfiguration autoscaling:UpdateAutoScalingGroup"
    ),
    "pass a role to a Braket job": "iam:PassRole braket:CreateJob",
    "pass a role to a CloudFormation stack": "iam:PassRole cloudformation:CreateStack",
    "pass a role to a new CloudFormation stack set": (
        "iam:PassRole cloudformation:CreateStackInstances cloudformation:CreateStackSet"
    ),
    "pass a role to a CloudFormation stack set": "iam:PassRole cloudformation:UpdateStackSet",
    "pass a role to a Cognito identity pool": "iam:PassRole cognito-identity:SetIdentityPoolRoles",
    "pass a role to a Data Pipeline": (
        "iam:PassRole datapipeline:ActivatePipeline datapipeline:CreatePipeline datapipeline:PutPipelineDefinition"
    ),
    "pass a role to an EC2 instance": "iam:PassRole ec2:RunInstances",
    "pass a role to an EC2 Spot instance": "iam:PassRole ec2:RequestSpotInstances",
    "pass a role to an ECS service": "iam:PassRole ecs:CreateService ecs:RegisterTaskDefinition",
    "pass a role to an ECS task": "iam:PassRole ecs:RunTask",
    "pass a role to an ECS task on an instance": "iam:PassRole ecs:StartTask",
    "pass a role to an EMR cluster": "iam:PassRole elasticmapreduce:RunJobFlow",
    "pass a role to an EMR Serverless job": (
        "iam:PassRole emr-serverless:CreateApplication emr-serverless:StartJobRun"
    ),
    "pass a role to a GameLift fleet": (
        "iam:PassRole gamelift:CreateBuild gamelift:CreateFleet gamelift:RequestUploadCredentials"
    ),
    "pass a role to a Glue development endpoint": "iam:PassRole glue:CreateDevEndpoint",
    "pass a role to a Glue job and run it": "iam:PassRole glue:CreateJob glue:StartJobRun",
    "pass a role to a Glue job and schedule it": "iam:PassRole glue:CreateJob glue:CreateTrigger",
    "pass another role to a Glue job and run it": "iam:PassRole glue:StartJobRun glue:UpdateJob",
    "pass another role to a Glue job and schedule it": "iam:PassRole glue:CreateTrigger glue:UpdateJob",
    "pass a role to a Glue session": "iam:PassRole glue:CreateSession glue:RunStatement",
    "pass a role to EC2 Image Builder": (
        "iam:PassRole imagebuilder:CreateComponent imagebuilder:CreateImage imagebuilder:CreateImageRecipe "
        "imagebuilder:CreateInfrastructureConfiguration"
    ),
    "pass a role to a Kinesis analytics application": (
        "iam:PassRole kinesisanalytics:CreateApplication kinesisanalytics:StartApplication"
    ),
    "pass a role to a Lambda function and invoke it": "iam:PassRole lambda:CreateFunction lambda:InvokeFunction",
    "pass a role to a Lambda function and let others invoke it": (
        "iam:PassRole lambda:AddPermission lambda:CreateFunction"
    ),
    "pass a role to a Lambda function and feed it events": (
        "iam:PassRole lambda:CreateEventSourceMapping lambda:CreateFunction"
    ),
    "pass a role to a HealthOmics workflow": "iam:PassRole omics:CreateWorkflow omics:StartRun s3:GetObject",
    "pass a role to a SageMaker notebook": "iam:PassRole sagemaker:CreateNotebookInstance",
    "pass a role to a SageMaker processing job": "iam:PassRole sagemaker:CreateProcessingJob",
    "pass a role to a SageMaker training job": "iam:PassRole sagemaker:CreateTrainingJob",
    "pass a role to an EventBridge schedule": "iam:PassRole scheduler:CreateSchedule",
    "pass a role to a Systems Manager automation": "iam:PassRole ssm:CreateDocument ssm:StartAutomationExecution",
    "pass a role to a Step Functions state machine": "iam:PassRole states:CreateStateMachine states:StartExecution",
}

WAYS: Final[Mapping[str, frozenset[str]]] = {way: frozenset(actions.split()) for way, actions in _TABLE.items()}
"""What the holder could do -> the actions that it takes, all of them."""

_ACTIONS: Final = frozenset[str]().union(*WAYS.values())


def ways_up(policy: Policy) -> list[str]:
    """Those of the ways that the policy opens.

    As with Policy.allowed_actions, conditions and resources are not weighed.
    """
    allowed = policy.allowed_actions(_ACTIONS)
    return [way for way, actions in WAYS.items() if actions <= allowed]
