//! Reads the events that the function recorded, and records callbacks that it could not store.

#![cfg_attr(not(feature = "aws"), allow(dead_code, reason = "a stack is never described"))]

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

mod access;
mod altered;
mod arguments;
mod chat;
mod commands;
mod completions;
mod confirm;
mod content;
mod count;
mod deployment;
mod doctor;
mod erase;
mod event;
mod evidence;
mod export;
mod fault;
mod follow;
mod group;
mod html;
mod interruption;
mod list;
mod media;
mod merged;
mod moment;
mod near;
mod output;
mod pause;
mod person;
mod plain;
mod progress;
mod receiver;
mod reconcile;
mod redrive;
mod refusal;
mod replay;
mod selection;
mod send;
mod sender;
mod show;
mod spool;
mod table;
mod target;
mod tencent;
mod verify;
mod web;
mod what;
mod when;
mod zone;

use arguments::{Arguments, Command};
use deployment::Deployment;
use fault::Fault;
use output::{Output, note};

/// The exit code for arguments that don't fit, the same as clap's.
const USAGE: u8 = 2;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let only_reads = arguments.command.only_reads();
    let (message, code) = match Box::pin(run(arguments)).await {
        Ok(code) => return code,
        // The reader has enough.
        Err(Fault::Closed) if only_reads => return ExitCode::SUCCESS,
        Err(Fault::Closed) => ("the output was closed before the end".to_owned(), ExitCode::FAILURE),
        Err(Fault::Message(message)) => (message, ExitCode::FAILURE),
        Err(Fault::Usage(message)) => (message, ExitCode::from(USAGE)),
    };
    note(&format!("chat-events: {message}"));
    code
}

async fn run(Arguments { command, deployment, json, tz, color }: Arguments) -> Result<ExitCode, Fault> {
    tz.choose();
    let mut output = Output::new(json, color);
    let mut code = ExitCode::SUCCESS;
    match command {
        // These read no AWS configuration. `send` reads it only for a stack.
        Command::Commands => commands::list(&mut output)?,
        Command::Completions(completions) => {
            completions::run(&completions, Arguments::command(), &mut output)?;
        }
        Command::Verify(verify) => code = verify::run(&verify, &mut output).await?,
        Command::Send(sending) => send::run(deployment, &sending, &mut output).await?,
        Command::Doctor(doctor) => code = doctor::run(deployment, &doctor, &mut output).await?,
        Command::List(selection) => {
            list::run(&Deployment::find(deployment).await?, &selection, &mut output).await?;
        }
        Command::Chat(chat) => {
            code = chat::run(&Deployment::find(deployment).await?, &chat, &mut output).await?;
        }
        Command::Show(show) => show::run(&Deployment::find(deployment).await?, &show, &mut output).await?,
        Command::Count(count) => {
            count::run(&Deployment::find(deployment).await?, &count, &mut output).await?;
        }
        Command::Follow(follow) => {
            follow::run(&Deployment::find(deployment).await?, &follow, &mut output).await?;
        }
        Command::Replay(replay) => {
            replay::run(&Deployment::find(deployment).await?, &replay, &mut output).await?;
        }
        Command::Group(group) => {
            group::run(&Deployment::find(deployment).await?, &group, &mut output).await?;
        }
        Command::Erase(erase) => {
            code = erase::run(&Deployment::find(deployment).await?, &erase, &mut output).await?;
        }
        Command::Media(media) => {
            code = media::run(&Deployment::find(deployment).await?, &media, &mut output).await?;
        }
        Command::Person(person) => {
            code = access::run(&Deployment::find(deployment).await?, &person, &mut output).await?;
        }
        Command::Reconcile(reconcile) => {
            code = reconcile::run(&Deployment::find(deployment).await?, &reconcile, &mut output).await?;
        }
        Command::Redrive(redrive) => {
            code = redrive::run(&Deployment::find(deployment).await?, &redrive, &mut output).await?;
        }
    }
    output.flush()?;
    Ok(code)
}
